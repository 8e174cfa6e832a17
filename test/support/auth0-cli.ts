import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The part of tap that makes folders. */
interface Test {
  testdir (): string
}

/**
 * Writes an executable `auth0` that passes `auth0 api` on to an API, as the Auth0 CLI does. It hangs while its standard
 * input is open.
 *
 * @param mode `plain`: shows a refusal as JSON and ends with 0, as older versions do; `no-session` and `silent`: fails; `words`: shows no JSON; `hang`: never ends
 */
export function fakeCli (t: Test, url: string, token: string, mode = ''): { readonly path: string, readonly calls: () => string[][] } {
  const folder = t.testdir()
  const [file, script, log] = [join(folder, 'auth0'), join(folder, 'auth0.cjs'), join(folder, 'calls.log')]
  // The hooks of tap, in NODE_OPTIONS, would make each call take seconds.
  writeFileSync(file, `#!/bin/sh\nunset NODE_OPTIONS\nexec "${process.execPath}" "${script}" "$@"\n`)
  writeFileSync(script, `const { appendFileSync, readFileSync } = require('node:fs')
const mode = ${JSON.stringify(mode)}
const args = process.argv.slice(2)
appendFileSync(${JSON.stringify(log)}, JSON.stringify(args) + '\\n')
readFileSync(0)
if (mode === 'hang') setInterval(() => {}, 1000)
else if (mode === 'no-session') { console.error('Failed to authenticate: run "auth0 login"'); process.exit(1) }
if (mode === 'silent') process.exit(3)
if (mode === 'words') { console.log('\\x1b[2JA new version is there.'); process.exit(0) }
const [, method, path] = args
const data = args.includes('--data') ? args[args.indexOf('--data') + 1] : undefined
fetch(${JSON.stringify(url)} + 'api/v2/' + path, {
  method: method.toUpperCase(), body: data, headers: { authorization: 'Bearer ' + ${JSON.stringify(token)}, 'content-type': 'application/json' }
}).then(async response => {
  const text = await response.text()
  if (response.status === 403 && mode !== 'plain') {
    const scope = JSON.parse(text).message.split('any of: ')[1].split(',')[0]
    console.error(\`request failed because access token lacks scope: \${scope}.\\n Request this scope during login by running \\\`auth0 login --scopes \${scope}\\\`.\`)
    process.exit(1)
  }
  if (text !== '') console.log(JSON.stringify(JSON.parse(text), null, 2))
})
`)
  chmodSync(file, 0o755)
  return {
    path: folder,
    calls: () => existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').map(line => JSON.parse(line) as string[]) : []
  }
}
