import t from 'tap'
import { rfc9068, startIssuer, type Issuer } from '../../dev/issuer.ts'
import { examine } from '../../cli/doctor/examine.ts'
import { usualCauseOf } from '../../cli/doctor/usual-causes.ts'
import type { Check } from '../../cli/doctor/check.ts'
import { SCOPES } from '../support/doctor.ts'

const AUDIENCE = 'http://localhost:3000/mcp'
const KIND = 'kind of token'

const issuer = await startIssuer({ audience: AUDIENCE, scopes: SCOPES })
t.teardown(() => issuer.close())
function env (settings: Record<string, string> = {}): Record<string, string> {
  return { AUTH0_DOMAIN: issuer.url, ...settings }
}

for (const [kind, token] of [
  ['Auth0\'s own profile, of a user', issuer.token()],
  ['RFC 9068\'s profile, of a user', issuer.token(rfc9068(), { header: { typ: 'at+jwt' } })],
  ['Auth0\'s own profile, of a machine', issuer.token({ gty: 'client-credentials' })],
  ['Auth0\'s own profile, of an autonomous agent', issuer.token({ gty: 'client-credentials', sub_profile: 'ai_agent' })],
  ['Auth0\'s own profile, of an agent', issuer.token({ act: { sub: 'agent' } })]
] as const) {
  t.test(`doctor --token shows each check of the server that a good token passes: ${kind}`, async t => {
    for (const text of [token, `Bearer ${token}\n`, `Authorization: Bearer ${token}`]) {
      const checks = await examine(env(), { token: text })
      t.strictSame(checks.map(({ title, ok }) => [title, ok]), ['settings', KIND, 'one token in the header', 'form of a JWT', 'header', 'issuer and key', 'signature', 'claims', 'admission', 'scopes of the tools'].map(title => [title, true]))
      t.match(checks[1], { found: `an access token of ${kind}` })
      withoutToken(t, checks, token)
    }
  })
}

t.test('doctor --token shows all faults, and each cause once', async t => {
  const checks = await examine(env({ ALLOWED_CLIENTS: 'other' }), { token: issuer.token({ cnf: {}, events: {}, aud: 'urn:other', iat: 1, exp: 2, scope: undefined }) })
  t.strictSame(checks.filter(({ ok }) => !ok).map(({ found }) => found.split(':')[0]), ['another kind of JWT, such as a logout token', 'other_jwt', 'sender_constrained', 'audience_mismatch', 'expired'])
  t.equal(JSON.stringify(checks).split('by mistake').length, 2)
})

t.test('doctor --token takes a token apart whose members are of any type', async t => {
  for (const name of ['iss', 'sub', 'aud', 'azp', 'scope', 'gty', 'sub_profile', 'client_profile']) {
    const checks = await examine(env(), { token: issuer.token({ [name]: { toString: 1 } }) })
    t.ok(checks.every(({ found }) => typeof found === 'string'), name)
  }
  t.match((await examine(env(), { token: issuer.token({}, { header: { typ: { toString: 1 } } }) }))[1], { found: /Auth0's own profile, of a user/ })
})

t.test('doctor --token says why the keys cannot be fetched', async t => {
  const down: Issuer = await startIssuer({ audience: AUDIENCE, scopes: [] })
  const token = down.token()
  await down.close()
  const checks = await examine({ AUTH0_DOMAIN: down.url }, { token })
  t.match(checks.filter(({ ok }) => !ok)[0], { title: 'issuer and key', found: /^keys_unavailable: no answer \(ECONNREFUSED\)/, mend: /"npm run doctor" without a token/ })
})

t.test('doctor --token fetches the keys and sends the token nowhere', async t => {
  const before = issuer.fetches
  const seen: string[] = []
  issuer.answer = (request, response) => {
    seen.push(request.rawHeaders.join('\n') + request.url)
    issuer.answer = undefined
    response.writeHead(500).end()
  }
  const token = issuer.token()
  await examine(env(), { token })
  t.equal(issuer.fetches, before + 1)
  t.notMatch(seen.join(), token.split('.')[2])
})

t.test('a reason that no token can have has no usual cause', async t => {
  t.equal(usualCauseOf('rate_limited'), '')
})

function withoutToken (t: Tap, checks: readonly Check[], token: string): void {
  const signature = token.split('.')[2] ?? ''
  if (signature !== '') t.notOk(JSON.stringify(checks).includes(signature), 'the token is not shown')
}

type Tap = Pick<typeof t, 'notOk'>
