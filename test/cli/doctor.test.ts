import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { examine } from '../../cli/doctor/examine.ts'
import { linesOf } from '../../cli/doctor/check.ts'
import { makePair, publicJwk } from '../../dev/issuer.ts'
import { setUp, type Twist } from '../support/doctor.ts'
import { ROOT } from '../support/root.ts'

type Fault = readonly [what: string, twist: Twist, title: RegExp, found: RegExp, mend: RegExp]

const TSX = ['--import', import.meta.resolve('tsx')]
const DATE = 'Wed, 01 Jan 2025 00:00:00 GMT'
const setting = (name: string, value: string): Twist => ({ settings: () => ({ [name]: value }) })
const answer = (response: ServerResponse, status: number, headers = {}, body = ''): boolean => {
  response.writeHead(status, headers).end(body)
  return true
}

const FAULTS: readonly Fault[] = [
  ['the domain of the dashboard', setting('AUTH0_DOMAIN', 'manage.auth0.com'), /^setting AUTH0_DOMAIN$/, /manage\.auth0\.com/, /Set AUTH0_DOMAIN/],
  ['a resource with a slash at its end', setting('MCP_RESOURCE_URL', 'https://a.example/mcp/'), /^setting MCP_RESOURCE_URL$/, /mcp\/"$/, /Set MCP_RESOURCE_URL/],
  ['a number that is none', setting('CLOCK_TOLERANCE', 'much'), /^setting CLOCK_TOLERANCE$/, /^"much"$/, /\.env\.example/],
  // A label of more than 63 characters has no address, so no name server is asked.
  ['a name without an address', setting('AUTH0_DOMAIN', `${'a'.repeat(64)}.example`), /^name of https:\/\/a{64}\.example\/$/, /^E/, /auth0 tenants list/],
  ['neither a tenant nor a development issuer', { settings: () => ({ AUTH0_DOMAIN: '', PORT: '1' }) }, /^connection to http:\/\/localhost:2\/$/, /^ECONNREFUSED$/, /npm run dev/],
  ['a port at which nothing listens', setting('AUTH0_DOMAIN', 'http://localhost:1'), /^connection to http:\/\/localhost:1\/$/, /^ECONNREFUSED$/, /firewall/],
  ['plain HTTP where TLS is expected', { settings: (_port, { url }) => ({ AUTH0_DOMAIN: url.replace('http:', 'https:') }) }, /^TLS of https:/, /./, /certificate for localhost/],
  ['F-D3 a server that is no issuer', { issuer: (_request, response) => answer(response, 404, {}, '{}') }, /^discovery of/, /^status 404$/, /openid-configuration in a browser/],
  ['F-D3 a page in place of discovery', { issuer: (_request, response) => answer(response, 200, { 'content-type': 'text/html' }, '<p>a page</p>') }, /^discovery of/, /^status 200, expected a JSON object, found "<p>a page<\/p>" \(text\/html\)$/, /auth0 tenants list/],
  ['a redirect in place of discovery', { issuer: (_request, response) => answer(response, 302, { location: 'https://other.example/' }) }, /^discovery of/, /a redirect to https:\/\/other\.example\/$/, /AUTH0_DOMAIN/],
  ['an issuer of another name', { discovery: { issuer: 'https://other.example/' } }, /^issuer name of/, /^"https:\/\/other\.example\/"$/, /byte for byte/],
  ['an issuer without a name', { discovery: { issuer: undefined } }, /^issuer name of/, /^nothing$/, /AUTH0_DOMAIN/],
  ['an issuer without PKCE', { discovery: { code_challenge_methods_supported: ['plain'] } }, /^code_challenge_methods_supported has S256$/, /^"plain"$/, /cannot log in/],
  ['an issuer without codes', { discovery: { response_types_supported: undefined } }, /^response_types_supported has code$/, /^nothing$/, /cannot log in/],
  ['an issuer at which no client can register', { discovery: { registration_endpoint: undefined } }, /^clients can register$/, /^neither/, /auth0 tenant-settings update set client_id_metadata_document_supported \(Dashboard/],
  ['keys that cannot be had', { keys: (_request, response) => answer(response, 500) }, /^keys of/, /^status 500/, /key set in a browser/],
  ['no keys', { keys: (_request, response) => answer(response, 200, {}, '{"keys":[]}') }, /^keys of/, /^0 usable$/, /auth0 api post keys\/signing\/rotate/],
  ['a key that is too short', { keys: (_request, response) => answer(response, 200, {}, JSON.stringify({ keys: [publicJwk(makePair(1024))] })) }, /^keys of/, /^0 usable; ".*": shorter than 2048 bits$/, /Signing Keys/],
  ['another clock', dated({ date: DATE }), /^clock against/, /^this host is \d+ seconds ahead$/, /NTP/],
  ['a clock that is behind', dated({}, 600), /^clock against/, /^this host is \d+ seconds behind$/, /NTP/],
  ['no date', dated({}), /^clock against/, /^no Date in the answer$/, /removes or rewrites Date/],
  ['a date that is none', dated({ date: 'today' }), /^clock against/, /^the Date "today"$/, /removes or rewrites Date/],
  ['F-D4 an audience without the resource', setting('AUTH0_AUDIENCE', 'urn:other'), /^AUTH0_AUDIENCE holds MCP_RESOURCE_URL$/, /^"urn:other"$/, /auth0 apis create --identifier http:\/\/localhost:\d+\/mcp \(Dashboard/],
  ['a server that does not run', setting('MCP_RESOURCE_URL', 'http://localhost:1/mcp'), /^connection to http:\/\/localhost:1\/mcp$/, /^ECONNREFUSED$/, /Start the server/],
  ['a server that does not run, at the default port', setting('MCP_RESOURCE_URL', 'https://localhost/mcp'), /^connection to https:\/\/localhost\/mcp$/, /^ECONNREFUSED$/, /Start the server/],
  ['a server that has another resource', { settings: port => ({ MCP_RESOURCE_URL: `http://localhost:${port}/other` }) }, /^metadata at /, /./, /MCP_RESOURCE_URL/],
  ['F-D3 a proxy that keeps the metadata', { proxy: ({ url }, response) => url?.startsWith('/.well-known') === true && answer(response, 404, {}, '<p>none</p>') }, /^metadata at /, /^status 404/, /pass \/\.well-known\/oauth-protected-resource/],
  ['a proxy that removes the challenge', { headers: ({ 'www-authenticate': _removed, ...rest }) => rest }, /^a request without a token gets a challenge$/, /^status 401, without WWW-Authenticate$/, /leave WWW-Authenticate/],
  ['a proxy that redirects to another spelling', { proxy: ({ url }, response) => url === '/mcp/' && answer(response, 301, { location: '/mcp' }) }, /^http:.*\/mcp\/ is the same endpoint$/, /^status 301, a redirect to \/mcp$/, /without a redirect/],
  ['a proxy that removes Authorization', { proxy: request => { delete request.headers.authorization; return false } }, /^the Authorization header arrives$/, /^status 401, Bearer resource_metadata/, /removes the Authorization header/],
  ['a proxy that answers GET', { proxy: ({ method, url }, response) => method === 'GET' && url === '/mcp' && answer(response, 200) }, /^GET is refused$/, /^status 200$/, /docs\/deployment\.md/],
  ['a proxy that answers preflights', { proxy: ({ method }, response) => method === 'OPTIONS' && answer(response, 200) }, /^a page may call the server/, /^status 200 and no headers$/, /pass OPTIONS on/],
  ['a proxy that hangs up', { proxy: ({ method, socket }) => { if (method === 'OPTIONS') socket.destroy(); return method === 'OPTIONS' } }, /^a page may call the server/, /^no answer from/, /pass OPTIONS on/]
]

for (const [what, twist, title, found, mend] of FAULTS) {
  const [ids = ''] = /^(?:F-D\d )?/.exec(what) ?? []
  t.test(`${ids}doctor names the cause first: ${what.slice(ids.length)}`, async t => {
    const checks = await examine(await setUp(t, twist))
    const [first] = checks.filter(({ ok }) => !ok)
    t.match(first, { title, found, mend, expected: /./ })
    t.notMatch(JSON.stringify(checks), /undefined|NaN|\[object|fetch failed|Unexpected token/)
  })
}

for (const [what, twist] of [
  ['as it should be', {}],
  ['that names itself in authorization responses and takes metadata documents', { discovery: { authorization_response_iss_parameter_supported: true, client_id_metadata_document_supported: true } }],
  ['whose answer was in a cache for ten minutes', dated({ age: '600' }, -600)]
] as const) {
  t.test(`doctor finds no fault in a tenant ${what}`, async t => {
    const checks = await examine(await setUp(t, twist))
    t.strictSame(checks.filter(({ ok }) => !ok), [])
    t.ok(checks.length > 15)
  })
}

t.test('doctor lets an error through that is no fault of the settings', async t => {
  const env = new Proxy({}, { get () { throw new RangeError('broken') } })
  await t.rejects(examine(env), { message: 'broken' })
})

t.test('doctor prints a tick or a cross, what was found and expected, and the mend', async t => {
  t.strictSame(linesOf({ title: 'a', ok: true, found: 'b' }), ['✓ a: b'])
  t.strictSame(linesOf({ title: 'a', ok: false, found: 'b', expected: 'c', mend: 'd' }), ['✗ a', '    found     b', '    expected  c', '    mend      d'])
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

  t.test('doctor ends with 2 for wrong use, and has a help', async t => {
    t.match(await run({}, ['--wrong']), { code: 2, stdout: '', stderr: /--wrong/ })
    t.match(await run({}, ['--help']), { code: 0, stdout: /--token -.*standard input/ })
  })
})

/** An issuer with other headers, and with a Date that is so many seconds off. */
function dated (headers: Record<string, string>, seconds?: number): Twist {
  return {
    issuer (request, response) {
      response.sendDate = false
      if (seconds !== undefined) response.setHeader('date', new Date(Date.now() + 1000 * seconds).toUTCString())
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.end(JSON.stringify({ issuer: `http://${request.headers.host}/`, code_challenge_methods_supported: ['S256'], response_types_supported: ['code'], registration_endpoint: 'r' }))
    }
  }
}

/** Runs the doctor with no environment but `env`. */
async function run (env: Record<string, string>, args: readonly string[] = [], input = ''): Promise<{ readonly code: number | null, readonly stdout: string, readonly stderr: string }> {
  const child = spawn(process.execPath, [...TSX, join(ROOT, 'cli/doctor.ts'), ...args], { cwd: tmpdir(), env: { PATH: process.env['PATH'], _TAPJS_PROCESSINFO_COVERAGE_: '0', ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', chunk => { output[name] += chunk })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, ...output }
}
