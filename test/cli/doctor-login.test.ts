import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { checkWhoami } from '../../cli/doctor/calls.ts'
import type { Check } from '../../cli/doctor/check.ts'
import { checkLogin } from '../../cli/doctor/login/login.ts'
import { mendOf, wordsIn } from '../../cli/doctor/login/causes.ts'
import { loadConfig } from '../../config.ts'
import { tools } from '../../tools/index.ts'
import { serve as serveTenant } from '../e2e/login-server.ts'
import { createUser } from '../e2e/login-user.ts'
import { login } from '../support/misconfigure.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'
import { serve } from '../support/wire.ts'

for (const issParameter of [true, false]) {
  t.test(`doctor --login finds no fault in a good tenant, iss ${issParameter}, and prints no token`, async t => {
    const checks = await play(t, { issParameter })
    t.strictSame(checks.filter(({ ok }) => !ok), [])
    t.equal(checks.at(-1)?.title, 'the tool whoami')
    t.notMatch(JSON.stringify(checks), /eyJ/)
  })
}

t.test('doctor --login shows an error of Auth0 that it does not know', async t => {
  t.match(mendOf('something else'), /docs\/troubleshooting\.md/)
  t.equal(wordsIn('<style>x</style><p>Something &#34;else&#34;</p>'), 'Something "else"')
})

t.test('doctor --login names an issuer that does not answer', async t => {
  const [check] = await checkLogin(loadConfig({ AUTH0_DOMAIN: 'http://localhost:1' }), { open () {}, waitMs: 1 })
  t.match(check, { title: 'login', ok: false, found: /^no answer from/ })
})

for (const [name, value, found] of [['state', 'other', /state \(not shown\)/], ['iss', 'https://other.example/', /iss https:\/\/other\.example\//], ['iss', '', /iss $/]] as const) {
  t.test(`doctor --login refuses an answer with the ${name} ${JSON.stringify(value)}`, async t => {
    const open = (to: URL): void => {
      createUser().login(to).then(back => {
        back.searchParams.set(name, value)
        return fetch(back)
      }, () => {})
    }
    t.match((await play(t, {}, { open })).at(-1), { id: 'login-browser', ok: false, found })
  })
}

t.test('doctor --login names a code that the issuer refuses', async t => {
  const open = (to: URL): void => {
    createUser().login(to).then(back => {
      back.searchParams.set('code', 'wrong')
      return fetch(back)
    }, () => {})
  }
  t.match((await play(t, {}, { open })).at(-1), { title: 'token', ok: false, found: /invalid_grant/ })
})

t.test('doctor --login names a server that refuses a good token', async t => {
  t.match((await play(t, {}, {}, {}, { REQUIRED_ORG: 'org_1' })).at(-1), { id: 'whoami', ok: false, found: /^status 403/ })
})

t.test('doctor --login ends at an issuer that redirects for ever, and shows no token of an odd answer', async t => {
  let isLoop = true
  const issuer = await serve(t, (request, response) => {
    const base = `http://${request.headers.host}`
    if (request.url?.startsWith('/.well-known/')) return response.end(JSON.stringify({ authorization_endpoint: `${base}/authorize`, token_endpoint: `${base}/token` }))
    if (request.url === '/token') return response.end('{"id_token":"eyJhbGciOi"}')
    if (isLoop) response.writeHead(302, { location: '/authorize?again' })
    response.end()
  })
  const check = async (): Promise<Check | undefined> => (await checkLogin(loadConfig({ AUTH0_DOMAIN: issuer }), {
    clientId: 'own',
    waitMs: 20_000,
    open: url => { fetch(`${url.searchParams.get('redirect_uri')}?code=c&state=${url.searchParams.get('state')}`).catch(() => {}) }
  })).at(-1)
  t.match(await check(), { title: 'authorization request', ok: false, found: /^status 302, \/authorize\?again/ })
  isLoop = false
  const token = await check()
  t.match(token, { title: 'token', ok: false, found: /^status 200/ })
  t.notMatch(JSON.stringify(token), 'eyJ')
})

t.test('doctor --login does not call whoami if the server has no such tool', async t => {
  const server = await serve(t, (_request, response) => response.end('{"result":{"tools":[{"name":"other"}]}}'))
  t.match(await checkWhoami(server, 'token'), { ok: true, found: /no such tool/ })
})

t.test('doctor --login takes an imported metadata document where no client may register', async t => {
  const [name, url, callback] = ['other', 'https://client.example.com/mcp.json', 'http://127.0.0.1:0/callback']
  const real = globalThis.fetch
  t.teardown(() => { globalThis.fetch = real })
  globalThis.fetch = async (input, init) => String(input instanceof Request ? input.url : input) === url
    ? Response.json({ client_id: url, client_name: name, redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'none' })
    : real(input, init)

  const documents = [{ name: 'missing', url: 'https://missing.example/mcp.json', callback }, { name, url, callback }]
  const checks = await play(t, { dcr: false, documents: [url] }, { documents })
  t.strictSame(checks.filter(({ ok }) => !ok), [])
  t.match(checks[0], { id: 'login-registration', found: 'none, but the metadata document of other is imported' })
  t.equal(checks.at(-1)?.id, 'whoami')
})

t.test('doctor --login sends the secret of a client', async t => {
  const clients = [{ client_id: 'own', client_secret: 'a secret of the client', application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'client_secret_post' } as const]
  const checks = await play(t, { clients }, { clientId: 'own', clientSecret: 'a secret of the client' })
  t.strictSame(checks.filter(({ ok }) => !ok), [])
  t.notMatch(JSON.stringify(checks), 'a secret')
})

t.test('npm run doctor -- --login prints the URL of the login, and ends with 0', async t => {
  const { url, authority } = await serveTenant(t, { tools, tenant: { clients: [{ client_id: 'own', client_secret: 'a secret of the client', application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'client_secret_post' }] } })
  const child = spawn(process.execPath, [...TYPESCRIPT, join(ROOT, 'cli/doctor.ts'), '--login', '--client-id', 'own', '--client-secret', '-', '--json'], { cwd: tmpdir(), env: { PATH: process.env['PATH'], AUTH0_DOMAIN: authority.url, MCP_RESOURCE_URL: url } })
  t.teardown(() => child.kill('SIGKILL'))
  child.stdin.end('a secret of the client\n')
  const stdout = text(child.stdout)
  let stderr = ''
  for await (const chunk of child.stderr.setEncoding('utf8')) {
    stderr += chunk
    const [to] = /http:\S+authorize\S+(?=\n)/.exec(stderr) ?? []
    if (to !== undefined) {
      fetch(await createUser().login(new URL(to))).catch(() => {})
      break
    }
  }
  const [code] = await once(child, 'close')
  const checks = JSON.parse(await stdout) as Check[]
  t.equal(code, 0)
  t.match(checks.at(-1), { id: 'whoami', ok: true, found: /^status 200, subject "auth0\|a11ce/ })
})

async function play (t: Test, ...[tenant, options, user, env]: Parameters<typeof login>): Promise<Check[]> {
  return login(tenant, options, user, env)(t)
}
