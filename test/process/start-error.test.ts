import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError } from '../../process/settings.ts'
import { explain } from '../../process/start-error.ts'

t.test('a start in a folder without .env names the folder, if a setting is missing', async t => {
  const before = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'start-error-'))
  process.chdir(folder)
  t.teardown(() => {
    process.chdir(before)
    rmSync(folder, { recursive: true })
  })
  const missing = new ConfigError(['PORT: found "x", expected a number', 'AUTH0_DOMAIN: not set, expected a domain'])
  t.equal(explain(missing), `Cannot start, the settings are not right:\n  PORT: found "x", expected a number\n  AUTH0_DOMAIN: not set, expected a domain\n  .env: there is none in ${process.cwd()}, the folder that this was started in`)
  t.equal(explain(new ConfigError(['PORT: found "x"'])), 'Cannot start, the settings are not right:\n  PORT: found "x"')
  writeFileSync('.env', '')
  t.notMatch(explain(missing), /\.env/)
})

t.test('names the limit of open files, and how to raise it', async t => {
  for (const [code, expected] of [
    ['EMFILE', 'Cannot start: this process may not open more files (EMFILE). Raise the limit: ulimit -n 1024, or LimitNOFILE of systemd.'],
    ['ENFILE', 'Cannot start: this machine may not open more files (ENFILE). Raise the limit: sysctl fs.file-max.']
  ] as const) t.equal(explain(Object.assign(new Error(`${code}: too many open files`), { code })), expected)
})
