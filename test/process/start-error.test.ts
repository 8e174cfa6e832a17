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
