import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { explain } from '../../process/start-error.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'

t.test('F-T12 stops the start if the native part of a package is missing, and names the command that builds it', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'native-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'node_modules/@scope/native'), { recursive: true })
  writeFileSync(join(folder, 'node_modules/@scope/native/index.js'), "throw new Error('Could not locate the bindings file. Tried: …')")
  writeFileSync(join(folder, 'main.mts'), `import { endOfLoading } from '${pathToFileURL(join(ROOT, 'process/load-errors.ts')).href}'\nimport './node_modules/@scope/native/index.js'\nendOfLoading()\n`)
  const { status, stderr } = spawnSync(process.execPath, [...TYPESCRIPT, join(folder, 'main.mts')], { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env['PATH'] } })
  t.equal(status, 1)
  t.equal(stderr, 'Cannot start: the native part of @scope/native is missing or was built for another Node. Run: npm rebuild @scope/native --ignore-scripts=false\n')
})

t.test('F-T12 recognises the messages of the usual loaders', async t => {
  for (const message of ['No native build was found for platform=linux', "Cannot find module '../build/Release/sharp.node'", 'was compiled against a different Node.js version using NODE_MODULE_VERSION 115', 'Could not load the "sharp" module using the linux-x64 runtime']) {
    const error = Object.assign(new Error(message), { stack: 'Error\n at /a/node_modules/bindings/bindings.js:1\n at /a/node_modules/sqlite/lib/index.js:2' })
    t.match(explain(error), /npm rebuild sqlite --ignore-scripts=false$/)
  }
  t.match(explain(Object.assign(new Error('x'), { code: 'ERR_DLOPEN_FAILED', stack: '' })), /npm rebuild the package/)
  t.equal(explain(new Error('x')), 'Cannot start: x')
})
