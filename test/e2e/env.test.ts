import { join } from 'node:path'
import t from 'tap'
import { ready, run, start } from './built-server.ts'

t.test('reads .env, and the environment wins', async t => {
  const folder = t.testdir({ '.env': 'AUTH0_DOMAIN=tenant.example\nPORT=nonsense\nCLOCK_TOLERANCE=nonsense\n' })
  const { output, exit } = run(t, { PORT: 'other' }, folder)

  t.equal(await exit, 1)
  t.notMatch(output(), 'AUTH0_DOMAIN')
  t.match(output(), 'PORT: found "other"')
  t.match(output(), 'CLOCK_TOLERANCE: found "nonsense"')
})

for (const [what, content, expected] of [
  ['in UTF-16', Buffer.from('\uFEFFALLOW_M2M=false\n', 'utf16le'), 'found another encoding, expected UTF-8 (Windows PowerShell writes UTF-16: save the file as UTF-8)'],
  ['in UTF-16 without a mark', Buffer.from('ALLOW_M2M=false\n', 'utf16le'), 'found another encoding'],
  ['in Latin-1', Buffer.from('# f\xFCr uns\nALLOW_M2M=false\n', 'latin1'), 'found another encoding'],
  ['with a line in YAML', Buffer.from('\n# ours\nPORT=1 # x\nREQUIRED_ORG: org_1\nALLOW_M2M=false\n'), 'found line 4 that is not understood, expected NAME=value, a comment or nothing'],
  ['with a quote that nothing closes', Buffer.from('A="1\nALLOW_M2M=false\n'), 'found line 1 that'],
  ['with two values for a name', Buffer.from('PORT=\nALLOW_M2M=false\nPORT=1\nALLOW_M2M=false\n\nALLOW_M2M=true\n'), 'found another value of ALLOW_M2M in line 6, expected one'],
  ['that is a link to nothing', t.fixture('symlink', 'nowhere'), 'found a file that cannot be read (ENOENT), expected a readable file or none'],
  ['that is a folder', {}, 'found a file that cannot be read (EISDIR), expected a readable file or none']
] as const) {
  t.test(`F-C5 refuses to start with a .env ${what}`, async t => {
    const folder = t.testdir({ '.env': content })
    const { child, output, exit } = run(t, { AUTH0_DOMAIN: 'tenant.eu.auth0.com' }, folder)
    // Only a server that starts writes to standard output.
    child.stdout?.once('data', () => child.kill('SIGKILL'))

    t.equal(await exit, 1)
    t.match(output(), `Cannot start, the settings are not right:\n  .env: ${expected}`)
  })
}

t.test('F-C5 reads a .env with a byte order mark, Windows line ends, quotes, comments and blanks', async t => {
  const folder = t.testdir({ '.env': '\uFEFFLOG_LEVEL= \r\n\tALLOW_M2M=false\r\n  # who may call\r\n\r\nexport REQUIRED_ORG = "org_1" # one\r\nALLOWED_CLIENTS=\'a,\r\nb\'\r\n' })
  const { output } = await start(t, {}, folder)
  t.match(ready(output()), { access: { allowedClients: ['a', 'b'], requiredOrg: ['org_1'], allowM2m: false } })
})

t.test('does not blame .env if no file can be opened', async t => {
  for (const code of ['EMFILE', 'ENFILE']) {
    const folder = t.testdir({
      'limit.mjs': `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { readFileSync } = fs
fs.readFileSync = (path, ...options) => {
  if (path === '.env') throw Object.assign(new Error('too many open files'), { code: '${code}' })
  return readFileSync(path, ...options)
}
syncBuiltinESMExports()
`
    })
    const { output, exit } = run(t, { AUTH0_DOMAIN: 'tenant.eu.auth0.com', NODE_OPTIONS: `--import ${join(folder, 'limit.mjs')}` })
    t.equal(await exit, 1)
    t.match(output(), new RegExp(`^Cannot start: this \\w+ may not open more files \\(${code}\\)`))
  }
})
