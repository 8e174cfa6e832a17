import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { buildApp } from '../../app.ts'
import { examine } from '../../cli/doctor/examine.ts'
import { linesOf } from '../../cli/doctor/check.ts'
import { loadConfig } from '../../config.ts'
import { startAuthority } from '../../dev/authority.ts'
import { mintTokens } from '../../dev/mint.ts'
import { freePort } from '../support/ports.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { SCOPES, setUp } from '../support/doctor.ts'
import { NEVER_OVERLOADED } from '../support/never-overloaded.ts'
import { ROOT } from '../support/root.ts'

for (const [what, fault] of [
  ['as it should be', {}],
  ['that names itself in authorization responses and takes metadata documents', { discovery: { authorization_response_iss_parameter_supported: true, client_id_metadata_document_supported: true } }],
  ['whose answer was in a cache for ten minutes', { issuer: cached }],
  ['with credentials of a machine', { machine: true }],
  ['that has one address of discovery', { issuer: withoutAlias }]
] as const) {
  t.test(`doctor finds no fault in a tenant ${what}`, async t => {
    const checks = await examine(await setUp(t, fault))
    t.strictSame(checks.filter(({ ok }) => !ok), [])
    t.ok(checks.length > 15)
  })
}

t.test('doctor takes no token for a server that may refuse it', async t => {
  for (const settings of [{ ALLOW_M2M: 'false' }, { REQUIRED_ORG: 'org_1' }, { ALLOWED_CLIENTS: 'other' }]) {
    const checks = await examine(await setUp(t, { machine: true, settings: () => settings }))
    t.match(checks.at(-1), { id: 'machine-token', ok: true, found: /^not checked, since ALLOWED_CLIENTS, REQUIRED_ORG or ALLOW_M2M may refuse this token/ })
  }
})

t.test('F-D2 doctor checks the development issuer, and calls the server with a token of it', async t => {
  const port = await freePort()
  const env = { PORT: String(port) }
  const issuer = await startAuthority({ audience: `http://localhost:${port}/mcp`, scopes: SCOPES, port: port + 1 })
  t.teardown(() => issuer.close())
  const app = await buildApp({ config: loadConfig({ ...env, AUTH0_DOMAIN: issuer.url }), overload: NEVER_OVERLOADED })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port })

  const checks = await examine(env)
  t.strictSame(checks.filter(({ ok }) => !ok), [])
  t.strictSame(checks.slice(-3).map(({ id }) => id), ['mcp-headers', 'tools-list', 'stream'])
  t.match(checks.at(-2), { found: /^status 200, whoami/ })
  for (const text of ['no token', '']) {
    issuer.otherwise = mintTokens({ ...issuer, token: () => text }, issuer.otherwise)
    t.match((await examine(env)).at(-1), { id: 'machine-token', ok: false, found: /gave no token: status 200\. Is it the development issuer/ })
  }
})

t.test('doctor passes on an error that is not a fault of the settings', async t => {
  const env = new Proxy({}, { get () { throw new RangeError('broken') } })
  await t.rejects(examine(env), { message: 'broken' })
})

t.test('doctor prints a tick or a cross, what it found and expected, and the fix', async t => {
  t.strictSame(linesOf({ id: 'settings', title: 'a', ok: true, found: 'b' }), ['✓ a: b'])
  t.strictSame(linesOf({ id: 'settings', title: 'a', ok: false, found: 'b', expected: 'c', mend: 'd' }), ['✗ a', '    found     b', '    expected  c', '    mend      d'])
  t.strictSame(linesOf({ id: 'settings', title: 'a', ok: true, found: '\u001b[2Jb\u202e' }), ['✓ a: [2Jb'], 'nothing that a terminal obeys')
})

t.test('npm run doctor', { jobs: 3 }, async t => {
  t.test('F-D2 doctor without a tenant and without a development issuer says what to start', async t => {
    const { code, stdout } = await run({ PORT: '1' })
    t.equal(code, 1)
    t.match(stdout, /^✗ connection to http:\/\/localhost:2\/\n {4}found {5}ECONNREFUSED\n.*\n {4}mend {6}AUTH0_DOMAIN is not set.*"npm run dev"/m)
  })

  t.test('doctor prints JSON, and ends with 0 if nothing is wrong', async t => {
    const { code, stdout } = await run(await setUp(t, {}), ['--json'])
    t.equal(code, 0)
    t.match(JSON.parse(stdout)[0], { title: 'settings', ok: true, found: /^the issuer is/ })
  })

  t.test('doctor reads a token from standard input or from the command line', async t => {
    for (const [args, input] of [[['--token', '-'], 'opaque\n'], [['--token', 'opaque'], '']] as const) {
      const { code, stdout } = await run({}, args, input)
      t.equal(code, 1)
      t.match(stdout, /^✗ kind of token\n {4}found {5}an opaque token/m)
    }
  })

  t.test('doctor ends with 2 for wrong options, and prints a help text', async t => {
    t.match(await run({}, ['--wrong']), { code: 2, stdout: '', stderr: /^Unknown option '--wrong'\nAll options: npm run doctor -- --help\n$/ })
    t.match(await run({}, ['--help']), { code: 0, stdout: /--token -.*standard input/ })
  })
})

function withoutAlias ({ url, headers: { host } }: IncomingMessage, response: ServerResponse): void {
  const document = { issuer: `http://${host}/`, code_challenge_methods_supported: ['S256'], response_types_supported: ['code'], registration_endpoint: 'r' }
  response.writeHead(url === '/.well-known/openid-configuration' ? 200 : 404).end(JSON.stringify(document))
}

function cached (request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('date', new Date(Date.now() - 600_000).toUTCString())
  response.setHeader('age', '600')
  response.end(JSON.stringify({ issuer: `http://${request.headers.host}/`, code_challenge_methods_supported: ['S256'], response_types_supported: ['code'], registration_endpoint: 'r' }))
}

/** Runs the doctor with no environment but `env`. */
async function run (env: Record<string, string>, args: readonly string[] = [], input = ''): Promise<{ readonly code: number | null, readonly stdout: string, readonly stderr: string }> {
  const child = spawn(process.execPath, [...TYPESCRIPT, join(ROOT, 'cli/doctor.ts'), ...args], { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', chunk => { output[name] += chunk })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, ...output }
}
