import t from 'tap'
import { makePair, rfc9068, signJwt, startIssuer, type Issuer, type TokenOptions } from '../../dev/issuer.ts'
import type { Claims } from '../../auth/caller.ts'
import { examine } from '../../cli/doctor/examine.ts'
import { experienceOf } from '../../cli/doctor/experience.ts'
import type { Check } from '../../cli/doctor/check.ts'

const AUDIENCE = 'http://localhost:3000/mcp'
const NOW = Math.floor(Date.now() / 1000)

const issuer = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] })
t.teardown(() => issuer.close())
const weak = makePair(1024)
issuer.keys.push(weak)

function env (settings: Record<string, string> = {}): Record<string, string> {
  return { AUTH0_DOMAIN: issuer.url, ...settings }
}

type Fault = readonly [what: string, token: string, title: string, found: RegExp, mend: RegExp, settings?: Record<string, string> | undefined]

/** A row whose fault is in the claims or the header. */
function spoiled (what: string, claims: Claims, title: string, found: RegExp, mend: RegExp, settings?: Record<string, string>, options?: TokenOptions): Fault {
  return [what, issuer.token(claims, options), title, found, mend, settings]
}

const KIND = 'kind of token'
const FAULTS: readonly Fault[] = [
  ['nothing at all', '  \n', 'one token in the header', /^no_credentials$/, /shell variable was most likely empty/],
  ['two words', 'one two', KIND, /^an opaque token/, /"resource" and Auth0 ignored it/],
  ['a placeholder of a template', '${TOKEN}', KIND, /^a placeholder$/, /./], // eslint-disable-line no-template-curly-in-string
  ['an opaque token', 'v3ryRand0mOpaque', KIND, /^an opaque token/, /resource_parameter_profile.*Dashboard > Settings > Advanced/],
  ['a JWE without an audience', jwe({ alg: 'dir', enc: 'A256GCM', iss: issuer.url }), KIND, /encrypted token \(JWE\).*without an audience/, /Resource Parameter Compatibility Profile/],
  ['a JWE of an API', jwe({ alg: 'RSA-OAEP-256', enc: 'A256GCM' }), KIND, /API that encrypts/, /token_encryption/],
  ['a token that lost its end', issuer.token().split('.').slice(0, 2).join('.'), KIND, /^no token/, /pipe it instead/],
  ['HS256', signJwt({ alg: 'HS256', typ: 'JWT', kid: 'k' }, { iss: issuer.url }, weak.privateKey), KIND, /HS256/, /"signing_alg":"RS256"/],
  spoiled('another algorithm', {}, 'header', /^algorithm: "ES256"$/, /"signing_alg":"RS256"/, {}, { header: { alg: 'ES256' } }),
  spoiled('an extension', {}, 'header', /^critical_header: "crit"$/, /another issuer/, {}, { header: { crit: ['x'] } }),
  spoiled('Auth0\'s own profile where RFC 9068\'s is asked for', rfc9068(), 'header', /^token_type: "JWT"$/, /rfc9068_profile_authz/, { TOKEN_PROFILE: 'rfc9068' }),
  spoiled('no key id', {}, 'header', /^no_key_id: iss "http.*", kid nothing$/, /Auth0 always writes one/, {}, { header: { kid: undefined } }),
  spoiled('an ID token', { nonce: 'n', aud: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', azp: undefined, scope: undefined }, KIND, /^an ID token$/, /must take access_token/),
  spoiled('a logout token', { events: {} }, KIND, /logout token/, /by mistake/),
  spoiled('a token bound to a key', { cnf: { jkt: 'x' } }, KIND, /bound to a key/, /proof_of_possession.*Sender Constraining/),
  spoiled('another issuer', { iss: 'https://other.eu.auth0.com/' }, 'issuer and key', /^issuer_mismatch: "https:\/\/other/, /every domain that clients use in AUTH0_DOMAIN/),
  spoiled('an issuer without its slash', { iss: issuer.url.slice(0, -1) }, 'issuer and key', /^issuer_slash_only/, /ends with a slash/),
  spoiled('an unknown key', {}, 'issuer and key', /^unknown_key/, /get a new token/, {}, { header: { kid: 'unknown' } }),
  spoiled('a key that is too short', {}, 'issuer and key', /^key_unusable: "shorter than 2048 bits"$/, /key set/, {}, { key: weak }),
  spoiled('another key of the same name', {}, 'signature', /^bad_signature/, /edited the token/, {}, { key: { ...makePair(), kid: issuer.keys[0]?.kid as string } }),
  spoiled('no audience', { aud: undefined }, 'claims', /^audience_missing$/, /asked for no API/),
  spoiled('another audience', { aud: 'https://api.example.com' }, 'claims', /^audience_mismatch: "https:\/\/api\.example\.com"$/, /Default Audience/),
  spoiled('a slash too many', { aud: `${AUDIENCE}/` }, 'claims', /^audience_slash_only/, /create a second API/),
  spoiled('no subject', { sub: '' }, 'claims', /^subject/, /cannot remove sub/),
  spoiled('no client', { azp: undefined }, 'claims', /^client$/, /names its client/),
  spoiled('two clients', { client_id: 'other' }, 'claims', /^client_mismatch/, /never writes both/),
  spoiled('an expired token', { iat: NOW - 7200, exp: NOW - 3600 }, 'claims', /^expired: \d+$/, /offline_access/),
  spoiled('a time in milliseconds', { exp: NOW * 1000 }, 'claims', /^expiry/, /milliseconds/),
  spoiled('an issue after the end', { iat: NOW + 9e5 }, 'claims', /^issued_at/, /milliseconds/),
  spoiled('a clock that is behind', { iat: NOW + 600 }, 'claims', /^issued_in_future/, /by NTP/),
  spoiled('a token for later', { nbf: NOW + 600 }, 'claims', /^not_yet_valid/, /by NTP/),
  spoiled('a token that is too old', { iat: NOW - 60 }, 'claims', /^too_old/, /--token-lifetime 3600/, { MAX_TOKEN_AGE: '1' }),
  spoiled('no jti', { ...rfc9068(), jti: undefined }, 'claims', /^token_id$/, /only in RFC 9068's profile/, { TOKEN_PROFILE: 'rfc9068' }, { header: { typ: 'at+jwt' } }),
  spoiled('a scope that is a list', { scope: ['tool:whoami'] }, 'claims', /^scope_claim$/, /one string with spaces/),
  spoiled('a broken actor', { act: {} }, 'claims', /^actor$/, /delegation/),
  spoiled('a client that is not allowed', {}, 'admission', /^client_not_allowed/, /new id each time/, { ALLOWED_CLIENTS: 'other' }),
  spoiled('no organization', {}, 'admission', /^organization$/, /without the organization/, { REQUIRED_ORG: 'org_1' }),
  spoiled('a machine', { gty: 'client-credentials' }, 'admission', /^machine_not_allowed/, /client credentials/, { ALLOW_M2M: 'false' }),
  spoiled('an empty scope', { scope: undefined }, 'scopes of the tools', /^insufficient_scope: an empty list$/, /auth0 users roles assign/)
]

for (const [what, token, title, found, mend, settings] of FAULTS) {
  t.test(`doctor --token names the cause first: ${what}`, async t => {
    const checks = await examine(env(settings), token)
    const [first] = checks.filter(({ ok }) => !ok)
    t.match(first, { title, found, mend, expected: /./ })
    withoutToken(t, checks, token)
    t.notMatch(JSON.stringify(checks), /undefined|\[object/)
  })
}

for (const [kind, token] of [
  ['Auth0\'s own profile, of a user', issuer.token()],
  ['RFC 9068\'s profile, of a user', issuer.token(rfc9068(), { header: { typ: 'at+jwt' } })],
  ['Auth0\'s own profile, of a machine', issuer.token({ gty: 'client-credentials' })],
  ['Auth0\'s own profile, of an agent', issuer.token({ act: { sub: 'agent' } })]
] as const) {
  t.test(`doctor --token shows each check of the server that a good token passes: ${kind}`, async t => {
    for (const text of [token, `Bearer ${token}\n`, `Authorization: Bearer ${token}`]) {
      const checks = await examine(env(), text)
      t.strictSame(checks.map(({ title, ok }) => [title, ok]), ['settings', KIND, 'one token in the header', 'form of a JWT', 'header', 'issuer and key', 'signature', 'claims', 'admission', 'scopes of the tools'].map(title => [title, true]))
      t.match(checks[1], { found: `an access token of ${kind}` })
      withoutToken(t, checks, token)
    }
  })
}

t.test('doctor --token shows the faults after the first one too, each experience once', async t => {
  const checks = await examine(env({ ALLOWED_CLIENTS: 'other' }), issuer.token({ cnf: {}, events: {}, aud: 'urn:other', iat: 1, exp: 2, scope: undefined }))
  t.strictSame(checks.filter(({ ok }) => !ok).map(({ found }) => found.split(':')[0]), ['another kind of JWT, such as a logout token', 'other_jwt', 'sender_constrained', 'audience_mismatch', 'expired'])
  t.equal(JSON.stringify(checks).split('by mistake').length, 2)
})

t.test('doctor --token names why the keys cannot be had', async t => {
  const down: Issuer = await startIssuer({ audience: AUDIENCE, scopes: [] })
  const token = down.token()
  await down.close()
  const checks = await examine({ AUTH0_DOMAIN: down.url }, token)
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
  await examine(env(), token)
  t.equal(issuer.fetches, before + 1)
  t.notMatch(seen.join(), token.split('.')[2])
})

t.test('a reason that no token can have has no usual cause', async t => {
  t.equal(experienceOf('rate_limited'), '')
})

function withoutToken (t: Tap, checks: readonly Check[], token: string): void {
  const signature = token.split('.')[2] ?? ''
  if (signature !== '') t.notOk(JSON.stringify(checks).includes(signature), 'the token is not shown')
}

type Tap = Pick<typeof t, 'notOk'>

function jwe (header: Claims): string {
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), '', 'aXZpdml2aXZpdg', 'Y2lwaGVydGV4dA', 'dGFndGFndGFn'].join('.')
}
