import type { Random } from './random.ts'

/** What a change to a token may refer to. */
export interface World {
  readonly issuers: readonly [string, string]
  readonly audience: string
  /** Seconds since 1970. */
  readonly now: number
}

/** Changes a header or claims in place. */
export type Change = (target: Record<string, unknown>, random: Random, world: World) => void

// undefined leaves a member out.
const odd: readonly unknown[] = [undefined, null, '', 0, -1, 1e300, true, false, [], {}, [''], ['x'], 'x', { sub: 'x' }]
const long = 'x'.repeat(1025)
const longest = 'x'.repeat(1024)

/** Sets a member to one of these values, or now and then to something quite else. */
function set (name: string, values: readonly unknown[]): Change {
  return (target, random) => { target[name] = random.pick(random.chance(0.3) ? odd : values) }
}

/** Changes to the header. */
export const headerChanges: readonly Change[] = [
  set('alg', ['none', 'None', 'nOnE', 'NONE', 'HS256', 'HS384', 'HS512', 'RS384', 'RS512', 'PS256', 'ES256', 'EdDSA', 'rs256', 'RS256 ', ['RS256'], 'dir']),
  set('typ', ['AT+JWT', 'at+jwt', 'application/at+jwt', 'Application/AT+JWT', 'jwt', 'JWT', 'application/jwt', 'at+jwt ', ' JWT', 'application/application/jwt',
    'dpop+jwt', 'logout+jwt', 'secevent+jwt', 'id_token+jwt', 'JWE', 'JOSE', 'text/jwt', 'x.at+jwt']),
  set('typ', ['AT+JWT', 'application/at+jwt', 'jwt', undefined, 'dpop+jwt']),
  set('kid', ['../../etc/passwd', 'https://evil.test/key', '__proto__', 'constructor', 'a b', 'a\nb', "' OR 1=1", 'x'.repeat(256), 'x'.repeat(257), 'x'.repeat(10_000), 'é', 'a.b']),
  set('crit', [['exp'], ['b64'], ['x'], []]),
  set('b64', [false, true]),
  set('zip', ['DEF']),
  set('cty', ['JWT', 'json']),
  header => { header['jku'] = 'https://evil.test/jwks.json' },
  header => { header['x5u'] = 'https://evil.test/cert.pem' },
  header => { header['jwk'] = { kty: 'RSA', n: 'AQAB', e: 'AQAB' } },
  header => { header['x5c'] = ['MIIB'] },
  header => { header['x-unknown'] = { any: 'thing' } }
]

const issuer: readonly Change[] = [
  (claims, random, { issuers: [one, two] }) => {
    claims['iss'] = random.pick([one, two, one.slice(0, -1), one.toUpperCase(), `${one}x`, `${one}/`, ` ${one}`, `${one.slice(0, -1)}.evil.test/`,
      one.replace('//', '//u@'), one.replace('http:', 'https:'), one.replace('localhost', '127.0.0.1'), [one], [one, two], { iss: one }])
  },
  set('iss', odd)
]

const audience: readonly Change[] = [
  (claims, random, { audience: ours, issuers: [one] }) => {
    claims['aud'] = random.pick<unknown>([`${ours}/`, ours.slice(0, -1), `${ours}x`, `x${ours}`, ours.toUpperCase(), ` ${ours}`, ours.replace('3000', '3001'), new URL(ours).origin,
      'https://other.test/', `${one}api/v2/`, `${one}userinfo`, [`${one}userinfo`], [ours, 'https://other.test/'], ['https://other.test/', ours], [ours, ours], [ours], [ours, 1],
      [ours, ''], [ours, null], [[ours]], [ours, [ours]], { 0: ours }, [ours, long], [ours, longest], `${ours} ${ours}`, `${ours},${ours}`, 'client-1'])
  },
  set('aud', odd)
]

const times: readonly Change[] = [
  near('exp'), near('exp'), near('iat'), near('nbf'),
  (claims, random, { now }) => { claims['iat'] = now - random.pick([0, 300, 599, 600, 600.5, 601, 700, 90_000, 2_591_999, 2_592_000, 2_592_000.5, 2_592_001, 315_360_000]) },
  (claims, random, { now }) => { Object.assign(claims, { iat: now - random.pick([10, 100]), exp: now + random.pick([-20, -5, 0, 5, 20]) }) },
  (claims, random) => { claims[random.pick(['exp', 'iat', 'nbf'])] = random.pick([253_402_300_799, 253_402_300_800, 1e15, -1, 0, 0.5, 1e300, '2524608000', [2524608000]]) },
  (claims, random) => { claims[random.pick(['exp', 'iat', 'nbf'])] = random.pick(odd) }
]

function near (name: string): Change {
  return (claims, random, { now }) => { claims[name] = now + random.pick([-61, -60, -59.5, -6, -5.5, -5, -4.5, -1, -0.5, 0, 0.5, 1, 4.5, 5, 5.5, 6, 59, 60, 60.5, 61, 3600]) }
}

const subject: readonly Change[] = [
  set('sub', ['client-1', 'client-1@clients', 'x@clients', 'google-oauth2|1', 'a\r\nX: y', ' ', '\u3000\u200b', long, longest, '用户', 'sub with spaces']),
  set('sub_profile', ['user', 'ai_agent', 'user ai_agent', 'client', 'USER']),
  set('gty', ['client-credentials', ['client-credentials'], ['authorization_code', 'client-credentials'], 'password', 'refresh_token'])
]

const client: readonly Change[] = [
  set('azp', ['client-1', 'client-2', 'client-3', 'CLIENT-1', 'client-1 ', '  ', '\u00a0', long, longest]),
  set('client_id', ['client-1', 'client-2', 'client-3', long]),
  set('azp', [undefined]),
  claims => { Object.assign(claims, { azp: 'client-2', client_id: 'client-2' }) },
  claims => { Object.assign(claims, { azp: undefined, client_id: undefined }) },
  set('jti', ['j', long, longest])
]

const kind: readonly Change[] = ['nonce', 'at_hash', 'c_hash', 'events', 'cnf'].map(name => set(name, [undefined, 'x', { jkt: 'x' }, { 'x5t#S256': 'x' }, {}]))

const actor: readonly Change[] = [
  set('act', [{ sub: 'agent' }, { sub: long }, { sub: longest }, 'agent', [{ sub: 'agent' }], { sub: 'a', act: 'b' }, { sub: 'a', act: null }]),
  (claims, random) => { claims['act'] = Array.from({ length: random.pick([1, 4, 5, 6, 7, 50]) }).reduce(act => ({ sub: 'agent', act }), undefined) }
]

const rights: readonly Change[] = [
  set('scope', ['tool:whoami', 'openid', 'tool:whoami2', 'xtool:whoami', 'tool:whoam', 'TOOL:WHOAMI', ' tool:whoami', 'a  tool:whoami ', 'a\ttool:whoami', 'tool:whoami\n', 'tool:whoami,x', 'tool:*', ['tool:whoami']]),
  set('scope', ['openid profile', undefined]),
  set('permissions', [['tool:whoami'], ['tool:whoami2'], ['tool:whoami '], 'tool:whoami', { 0: 'tool:whoami' }, [['tool:whoami']], ['x', 'tool:whoami'], [1, 'tool:whoami'], []]),
  claims => { Object.assign(claims, { scope: 'openid', permissions: [] }) },
  set('org_id', ['org_1', 'org_2', 'ORG_1', 'org_', 'org_12', ['org_1'], { id: 'org_1' }]),
  set('org_name', ['acme', 1]),
  set('https://app.test/roles', [['admin'], 'x'.repeat(200)]),
  claims => { claims['https://app.test/padding'] = 'x'.repeat(13_000) }
]

/** Changes to claims, by what they try. */
export const claimChanges: ReadonlyArray<readonly Change[]> = [issuer, audience, times, times, subject, client, kind, actor, rights, rights]
