import t from 'tap'
import { REASONS, type Reason } from '../../auth/reasons.ts'
import type { Issuer } from '../../dev/issuer.ts'
import type { Claims } from '../../dev/signing.ts'
import { AUDIENCE, build } from '../support/build.ts'
import { checkRow, type Row, testRows } from '../support/refusals.ts'
import { claims as good, header, signed } from '../support/tokens.ts'

type Change = Claims | ((now: number, issuer: Issuer) => Claims)

const ZERO = { CLOCK_TOLERANCE: '0' }
const AGE = { MAX_TOKEN_AGE: '3600' }
const STRICT = { TOKEN_PROFILE: 'rfc9068' }
const PROFILE = { azp: undefined, client_id: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', jti: 'a2ff2a42' }

/** D: the claims. G1 to G3: tokens that are bound to a key. J3: control characters. */
const rows: readonly Row[] = [
  ...bad('D1 iss', 'issuer_mismatch', 'iss', [undefined, null, '', 1, {}, [], 'https://other.eu.auth0.com/', { toString: 1, valueOf: 1 }, { length: 1 }]),
  no('D1 iss without its slash', 'issuer_slash_only', (_, { url }) => ({ iss: url.slice(0, -1) }), { log: { found: /[^/]$/, hint: /slash/ } }),
  no('D1 iss with another scheme', 'issuer_mismatch', (_, { url }) => ({ iss: url.replace('http:', 'https:') }), { log: { expected: [/^http:/], found: /^https:/ } }),
  no('D1 iss in upper case', 'issuer_mismatch', (_, { url }) => ({ iss: url.toUpperCase() })),
  no('D1 iss in an array', 'issuer_mismatch', (_, { url }) => ({ iss: [url] })),
  no('D1 iss in an array, without its slash', 'issuer_mismatch', (_, { url }) => ({ iss: [url.slice(0, -1)] })),
  no('D1 iss with more path', 'issuer_mismatch', (_, { url }) => ({ iss: `${url}v2/` })),
  no('D1 iss with a query', 'issuer_mismatch', (_, { url }) => ({ iss: `${url}?` })),
  no('D1 iss of great length', 'issuer_mismatch', (_, { url }) => ({ iss: url + 'x'.repeat(5000) }), { log: { found: /^.{256}$/ } }),

  ...bad('D4 aud', 'audience_mismatch', 'aud', [null, '', 1, {}, [''], [null], [[AUDIENCE]], true]),
  ...bad('D4 aud', 'audience_missing', 'aud', [undefined, []]),
  no('D4 aud nested by the thousands', 'audience_mismatch', () => ({ aud: nested('[', ']', 1000) })),
  ...bad('D5 aud of another API', 'audience_mismatch', 'aud', ['https://other.example/mcp', 'https://tenant.eu.auth0.com/api/v2/', 'https://tenant.eu.auth0.com/userinfo', ['https://other.example/mcp', 'https://tenant.eu.auth0.com/userinfo']], { log: { expected: [AUDIENCE], hint: /AUDIENCE/ } }),
  ...bad('D6 aud that differs by a slash', 'audience_slash_only', 'aud', [`${AUDIENCE}/`, [`${AUDIENCE}/`, 'https://tenant.eu.auth0.com/userinfo']], { log: { hint: /trailing slash only/ } }),
  ...bad('D6 aud that is nearly ours', 'audience_mismatch', 'aud', ['http://localhost:3000', 'http://localhost:3000/', 'http://localhost:3000/mc', 'http://localhost:3000/mcp2', 'http://localhost:3000/MCP', 'HTTP://localhost:3000/mcp', 'http://localhost:3001/mcp', ' http://localhost:3000/mcp', `${AUDIENCE}#`, `${AUDIENCE} ${AUDIENCE}`]),
  yes('D7 aud with userinfo beside us', { aud: [AUDIENCE, 'https://tenant.eu.auth0.com/userinfo'] }),
  ...bad('D8 aud with us and what is no string', 'audience_mismatch', 'aud', [[AUDIENCE, 1], [AUDIENCE, null], [AUDIENCE, {}], [AUDIENCE, '']]),

  ...bad('D9 exp', 'expiry', 'exp', [undefined, null, '9999999999', -1, 1e300, 253_402_300_800, true, [9_999_999_999], {}]),
  no('D9 exp that is not a number to JSON', 'malformed', (_, issuer) => ({ ...JSON.parse(good(issuer)), exp: 'NaN' }), { ask: issuer => signed(issuer, header(issuer), good(issuer).replace(/"exp":\d+/, '"exp":NaN')) }),
  no('D10 an expired token, one second past the tolerance', 'expired', now => ({ iat: now - 60, exp: now - 6 }), { answer: 'EXPIRED' }),
  no('D10 an expired token, long ago', 'expired', { iat: 1, exp: 2 }, { answer: 'EXPIRED', log: { found: 2, expected: Number } }),
  no('D11 a token that expires now, without tolerance', 'expired', now => ({ iat: now - 60, exp: now }), { answer: 'EXPIRED', env: ZERO }),
  yes('D12 an expired token within the tolerance', now => ({ iat: now - 60, exp: now - 3 })),
  ...bad('D13 iat', 'issued_at', 'iat', [undefined, null, '1', -1, true, [1]]),
  no('D14 iat past the tolerance', 'issued_in_future', now => ({ iat: now + 7 }), { log: { hint: /clock/ } }),
  yes('D14 iat within the tolerance', now => ({ iat: now + 3 })),
  no('D15 iat after exp', 'issued_at', now => ({ iat: now + 3, exp: now + 2 })),
  yes('D16 fractions of seconds', now => ({ iat: now - 0.5, exp: now + 60.25, nbf: now - 0.25 })),
  no('D17 nbf past the tolerance', 'not_yet_valid', now => ({ nbf: now + 7 })),
  ...bad('D17 nbf', 'not_yet_valid', 'nbf', ['1', null, -1, 1e300, {}]),
  yes('D17 nbf within the tolerance', now => ({ nbf: now + 3 })),
  no('D18 older than MAX_TOKEN_AGE', 'too_old', now => ({ iat: now - 3602 }), { answer: 'OLD', env: AGE, log: { expected: 3600 } }),
  yes('D18 younger than MAX_TOKEN_AGE', now => ({ iat: now - 3500 }), { env: AGE }),

  no('F-K4 iat of 0', 'too_old', { iat: 0 }, { answer: 'OLD', log: { found: 0, expected: 2_592_000, hint: /MAX_TOKEN_AGE/ } }),
  no('F-K4 iat ten years ago with exp ahead', 'too_old', now => ({ iat: now - 315_360_000 }), { answer: 'OLD' }),
  no('F-K4 iat 30 days and a moment ago', 'too_old', now => ({ iat: now - 2_592_002 }), { answer: 'OLD' }),
  yes('F-K4 iat 30 days less a minute ago', now => ({ iat: now - 2_591_940 })),
  ...[' ', '   ', '\t', '\n', '\u00a0', '\u3000', '\u200b', '\ufeff', '\u0000', ' \u202e '].flatMap(blank => [
    ...bad('F-K5 azp', 'client', 'azp', [blank]),
    ...bad('F-K5 client_id alone', 'client', 'client_id', [blank], { ask: issuer => issuer.token({ azp: undefined, client_id: blank }) }),
    ...bad('F-K5 sub', 'subject', 'sub', [blank]),
    ...bad('F-K5 act.sub', 'actor', 'act', [{ sub: blank }]),
    no(`F-K5 jti ${JSON.stringify(blank)} where RFC 9068 is asked for`, 'token_id', { ...PROFILE, jti: blank }, { env: STRICT, typ: 'at+jwt' })
  ]),
  yes('F-K5 a sub with spaces around a name', { sub: '  auth0|1  ' }),
  no('F-H6 an ID token without a nonce, for an audience that is the client', 'client', { aud: 'a-client-id', azp: undefined, scope: undefined }, { env: { AUTH0_AUDIENCE: 'a-client-id' }, log: { hint: /perhaps an ID token/ } }),
  ...bad('D19 azp', 'client', 'azp', [undefined, null, '', 1, ['a'], {}, 'x'.repeat(1025)]),
  ...bad('D19 client_id beside a good azp', 'client', 'client_id', [null, '', 1, ['a']]),
  no('D19 azp alone where RFC 9068 is asked for', 'client', { jti: '1' }, { env: STRICT, typ: 'at+jwt' }),
  no('D20 azp and client_id that disagree', 'client_mismatch', { client_id: 'another' }),
  yes('D20 azp and client_id that agree', { azp: 'one', client_id: 'one' }),
  yes('D20 client_id alone', PROFILE, { typ: 'at+jwt' }),
  ...bad('D21 sub', 'subject', 'sub', [undefined, null, '', 1, {}, ['auth0|1'], 'x'.repeat(1025)]),
  ...[undefined, null, '', 1].map(jti => no(`D22 jti ${JSON.stringify(jti)} where RFC 9068 is asked for`, 'token_id', { ...PROFILE, jti }, { env: STRICT, typ: 'at+jwt' })),
  yes('D22 jti where RFC 9068 is asked for', PROFILE, { env: STRICT, typ: 'at+jwt' }),
  no('D23 an ID token', 'id_token', { aud: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', azp: undefined, scope: undefined, nonce: 'n-0S6_WzA2Mj', name: 'Jane' }, { log: { hint: /ID token/ } }),
  no('D23 an ID token without a nonce', 'id_token', { aud: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', azp: undefined, scope: undefined }),
  no('D23 an ID token that names its client twice', 'id_token', { aud: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja' }),
  ...['nonce', 'at_hash', 'c_hash'].map(name => no(`D24 ${name} in an access token`, 'id_token', { [name]: 'n-0S6_WzA2Mj' })),
  no('D24 a null nonce', 'id_token', { nonce: null }),
  no('D24 events in an access token', 'other_jwt', { events: {} }),

  { name: 'D25 __proto__ as a claim: whoami answers, and nothing else changes', answer: 200, ask: issuer => signed(issuer, header(issuer), good(issuer).replace(/^\{/, '{"__proto__":{"nonce":"x","polluted":true},"constructor":{"prototype":{"polluted":true}},')) },
  { name: 'D25 permissions in __proto__ only: not enough', answer: 'INSUFFICIENT_SCOPE', reason: 'insufficient_scope', ask: issuer => signed(issuer, header(issuer), good(issuer).replace('"scope":"tool:whoami"', '"__proto__":{"scope":"tool:whoami","permissions":["tool:whoami"]}')) },
  yes('D25 a claim a thousand levels deep', () => ({ deep: nested('{"a":', '}', 1000) })),
  { name: 'D25 a claim five thousand levels deep: whoami answers', answer: 200, ask: issuer => signed(issuer, header(issuer), good(issuer).replace(/^\{/, `{"deep":${'['.repeat(5000)}${']'.repeat(5000)},`)) },
  { name: 'D4 aud five thousand levels deep: refused', answer: 'INVALID_TOKEN', reason: 'audience_mismatch', ask: issuer => signed(issuer, header(issuer), good(issuer).replace(/"aud":"[^"]*"/, `"aud":${'['.repeat(5000)}${']'.repeat(5000)}`)) },
  ...bad('D26 act', 'actor', 'act', ['agent', null, [], 1, {}, { sub: '' }, { sub: 1 }, { sub: 'a', act: 'b' }, { sub: 'a', act: { sub: null } }, chain(6)]),
  yes('D26 act five deep', { act: chain(5) }),
  ...bad('D28 scope', 'scope_claim', 'scope', [['tool:whoami'], null, 1, {}, true]),
  yes('D28 scope with spaces to spare', { scope: '  profile   tool:whoami ' }),
  no('D28 scope divided by a tab', 'insufficient_scope', { scope: 'profile\ttool:whoami' }, { answer: 'INSUFFICIENT_SCOPE' }),
  no('J3 CR and LF in sub and client', 'insufficient_scope', { sub: 'a\r\nX-Injected: y', azp: 'c\r\nX-Injected: y', scope: 'a\r\nX-Injected: y' }, { answer: 'INSUFFICIENT_SCOPE' }),
  no('J3 CR, LF and quotes in iss', 'issuer_mismatch', { iss: 'https://a"\r\nX-Injected: y\\\u0000\u001b[2J' }),

  no('G1 cnf.jkt as Bearer', 'sender_constrained', { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }, { log: { hint: /cnf/ } }),
  no('G2 cnf.x5t#S256 without a certificate', 'sender_constrained', { cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } }),
  ...bad('G3 cnf', 'sender_constrained', 'cnf', [{}, { kid: 'a' }, { jwk: {} }, 'text', null, [], 0, false, ''])
]

testRows(t, rows)

function no (name: string, reason: Reason, change: Change, row: Partial<Row> & { typ?: string } = {}): Row {
  return { name: `${name}: refused`, answer: 'INVALID_TOKEN', reason, ask: ask(change, row.typ), ...row }
}

t.test('F10 logs that the clock is wrong if it is off by ten minutes', async t => {
  const slow = await build(t)
  slow.advance(-600)
  await checkRow(t, slow, { answer: 'INVALID_TOKEN', reason: 'issued_in_future', log: { hint: /clock/ }, ask: issuer => issuer.token() })

  const fast = await build(t)
  fast.advance(600)
  const exp = Math.floor(Date.now() / 1000) + 300
  await checkRow(t, fast, { answer: 'EXPIRED', reason: 'expired', log: { hint: /clock/, found: exp }, ask: issuer => issuer.token({ exp }) })
})

function yes (name: string, change: Change, row: Partial<Row> & { typ?: string } = {}): Row {
  return { name: `${name}: whoami answers`, answer: 200, ask: ask(change, row.typ), ...row }
}

function bad (name: string, reason: Reason, claim: string, values: readonly unknown[], row: Partial<Row> = {}): Row[] {
  return values.map(value => no(`${name} ${JSON.stringify(value)?.slice(0, 60)}`, reason, { [claim]: value }, row))
}

function ask (change: Change, typ = 'JWT'): Row['ask'] {
  return issuer => issuer.token(typeof change === 'function' ? change(Math.floor(Date.now() / 1000), issuer) : change, { header: { typ } })
}

function nested (open: string, close: string, depth: number): unknown {
  return JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`)
}

function chain (depth: number): object {
  return depth === 1 ? { sub: 'agent-1' } : { sub: `agent-${depth}`, act: chain(depth - 1) }
}

t.test('F-H3 every reason has a hint of one line', t => {
  for (const [reason, { hint }] of Object.entries(REASONS)) t.match(hint, /^\S.{5,200}\S$/, reason)
  t.end()
})
