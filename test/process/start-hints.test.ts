import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { explain } from '../../process/start-error.ts'
import { placeOf, settingHints } from '../../process/start-hints.ts'

const MISSING = ['AUTH0_DOMAIN: not set, expected a domain']

t.test('a start that misses a setting names the variables and files that look like it', async t => {
  const before = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'start-hints-'))
  process.chdir(folder)
  t.teardown(() => {
    process.chdir(before)
    rmSync(folder, { recursive: true })
  })
  const none = `.env: there is none in ${process.cwd()}, the folder that this was started in`
  for (const name of ['.env.example', 'environment', '.envrc']) writeFileSync(name, '')
  t.strictSame(settingHints(MISSING, {}), [none])
  t.strictSame(settingHints(['PORT: found "x", expected a number'], { PATH: '/bin' }), [])
  t.strictSame(settingHints(['PORT: found "x", expected a number'], { ALLOW_M2N: 'false', AUTH0_ISSUER: 'x' }), ['ALLOW_M2N: found a name that is no setting, expected ALLOW_M2M'])

  writeFileSync('.env.local', '')
  t.strictSame(settingHints(MISSING, {}), [`${none}; .env.local in it is not read`])
  writeFileSync('env.txt', '')
  t.strictSame(settingHints(MISSING, {}), [`${none}; .env.local and env.txt in it are not read`])
  writeFileSync('.env', '')
  t.strictSame(settingHints(MISSING, {}), [])
  t.strictSame(settingHints(MISSING, { auth0_domain: 'x', AUTH0_ISSUER_BASE_URL: 'x', ISSUER_BASE_URL: '' }), [
    'auth0_domain: found a name that is no setting, expected AUTH0_DOMAIN',
    'AUTH0_ISSUER_BASE_URL: found a name that is no setting, expected AUTH0_DOMAIN'
  ])
})

t.test('a mistake in the code of a tool is told with its place', async t => {
  const mistake = (place: string): Error => Object.assign(new ReferenceError('Type is not defined'), { stack: `ReferenceError: Type is not defined\n    at f (node:internal/x:1:2)\n    at g (/a/node_modules/b/c.js:1:2)\n    at ${place}` })
  t.equal(explain(mistake(`<anonymous> (${process.cwd()}/tools/add.ts:3:5)`)), 'Cannot start: Type is not defined (tools/add.ts:3:5)')
  t.equal(placeOf(mistake(`${pathToFileURL(process.cwd()).href}/tools/add.ts:3:5`)), ' (tools/add.ts:3:5)')
  t.equal(placeOf(mistake('async /else where/add.ts:3:5')), ' (/else where/add.ts:3:5)')
  t.equal(placeOf(mistake('<anonymous>')), '')
  t.equal(placeOf(new Error('x')), '')
  t.equal(placeOf(Object.assign(new TypeError('x'), { code: 'ERR_INVALID_URL' })), '')
})
