import t, { type Test } from 'tap'
import type { Check } from '../../cli/doctor/check.ts'
import { checkLogin, type LoginOptions } from '../../cli/doctor/login/login.ts'
import { mendOf, wordsIn } from '../../cli/doctor/login/causes.ts'
import { loadConfig } from '../../config.ts'
import type { Tenant } from '../../dev/provider/tenant.ts'
import { serve } from '../e2e/login-server.ts'
import { createUser, type UserOptions } from '../e2e/login-user.ts'
import { serve as serveOther } from '../support/wire.ts'

const CALLBACK = 'http://localhost:6274/oauth/callback'

type Row = readonly [what: string, tenant: Partial<Tenant>, title: string, found: RegExp, mend: RegExp, options?: Partial<LoginOptions>, user?: UserOptions]

const FAULTS: readonly Row[] = [
  ['dynamic registration that is off', { dcr: false }, 'registration', /registration is disabled/, /enable_dynamic_client_registration/],
  ['a client that does not exist', {}, 'authorization request', /Unknown client: gone/, /cimd\/register/, { clientId: 'gone' }],
  ['a metadata document that was not imported', { documents: [] }, 'authorization request', /Unknown client: https/, /cimd\/register/, { clientId: 'https://client.example.com/c.json' }],
  ['a callback that is not registered', { clients: [{ client_id: 'own', redirect_uris: [CALLBACK] }] }, 'authorization request', /Callback URL mismatch/, /--callback/, { clientId: 'own', callback: 'http://127.0.0.1:0/other' }],
  ['an ignored resource', { resourceParameter: false }, 'authorization request', /userinfo audience/, /resource_parameter_profile/],
  ['an ignored resource, for an own client', { resourceParameter: false, clients: [{ client_id: 'own', application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'] }] }, 'kind of token', /encrypted/, /Resource Parameter Compatibility Profile/, { clientId: 'own' }],
  ['a missing grant', { thirdPartyGrant: 'none' }, 'authorization request', /not authorized to access/, /default_for/],
  ['a missing connection', { domainConnection: false }, 'authorization request', /no connections enabled/, /is_domain_connection/],
  ['a grant without the scope', { thirdPartyGrant: [] }, 'scopes of the tools', /insufficient_scope/, /client grant lacks it/],
  ['a default audience', { defaultAudience: 'https://other.example' }, 'claims', /audience_mismatch/, /Default Audience/],
  ['HS256', { signingAlg: 'HS256' }, 'kind of token', /HS256/, /"signing_alg":"RS256"/],
  ['a denied consent', {}, 'browser', /nobody came back/, /Deny/, { waitMs: 2000 }, { answer: 'deny' }],
  ['a denied consent of an own client', { redirectErrors: true }, 'browser', /access_denied/, /docs\/auth0\.md/, {}, { answer: 'deny' }]
]

for (const [what, tenant, title, found, mend, options, user] of FAULTS) {
  t.test(`doctor --login names the cause first: ${what}`, async t => {
    const [first] = (await play(t, tenant, options, user)).filter(({ ok }) => !ok)
    t.match(first, { title, found, mend, expected: /./ })
  })
}

for (const issParameter of [true, false]) {
  t.test(`doctor --login finds no fault in a good tenant, iss ${issParameter}, and prints no token`, async t => {
    const checks = await play(t, { issParameter })
    t.strictSame(checks.filter(({ ok }) => !ok), [])
    t.equal(checks.at(-1)?.title, 'tools/list')
    t.notMatch(JSON.stringify(checks), /eyJ/)
  })
}

t.test('doctor --login tells other words too', async t => {
  t.match(mendOf('something else'), /docs\/auth0\.md/)
  t.equal(wordsIn('<style>x</style><p>Something &#34;else&#34;</p>'), 'Something "else"')
})

t.test('doctor --login tells an issuer that does not answer', async t => {
  const [check] = await checkLogin(loadConfig({ AUTH0_DOMAIN: 'http://localhost:1' }), { open () {}, waitMs: 1 })
  t.match(check, { title: 'login', ok: false, found: /^no answer from/ })
})

t.test('doctor --login tells a code that the issuer refuses', async t => {
  const open = (to: URL): void => {
    createUser().login(to).then(back => {
      back.searchParams.set('code', 'wrong')
      return fetch(back)
    }, () => {})
  }
  t.match((await play(t, {}, { open })).at(-1), { title: 'token', ok: false, found: /invalid_grant/ })
})

t.test('doctor --login tells a server that refuses a good token', async t => {
  t.match((await play(t, {}, {}, {}, { REQUIRED_ORG: 'org_1' })).at(-1), { title: 'tools/list', ok: false, found: /^status 403/ })
})

t.test('doctor --login ends at an issuer that redirects for ever, and shows no token of an odd answer', async t => {
  let isLoop = true
  const issuer = await serveOther(t, (request, response) => {
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

async function play (t: Test, tenant: Partial<Tenant>, options: Partial<LoginOptions> = {}, user?: UserOptions, env: Record<string, string> = {}): Promise<Check[]> {
  const { url, authority } = await serve(t, { tenant, env })
  const open = (to: URL): void => { createUser(user).login(to).then(async back => { await fetch(new URL('/favicon.ico', back)); await fetch(back) }, () => {}) }
  return checkLogin(loadConfig({ AUTH0_DOMAIN: authority.url, MCP_RESOURCE_URL: url, SCOPE_CLAIMS: 'scope' }), { open, waitMs: 20_000, ...options })
}
