import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { makePair, publicJwk, type SigningPair } from '../../../dev/signing.ts'
import type { Random } from './random.ts'
import { claimChanges, headerChanges, type World } from './changes.ts'

const signAsync = promisify(sign)

/** The keys of two issuers: good ones, ones that only look good, and one that no key set lists. */
export interface Keyring {
  readonly own: SigningPair
  readonly other: SigningPair
  readonly stranger: SigningPair
  readonly short: SigningPair
  readonly cubic: SigningPair
}

/** Makes all keys anew. */
export function makeKeys (): Keyring {
  return {
    own: makePair(),
    other: makePair(),
    stranger: makePair(),
    short: { ...makePair(1024), kid: 'short' },
    cubic: { kid: 'cubic', ...generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }) }
  }
}

/** The key set of an issuer: its own key under many names. Only some of them may verify. */
export function keySetOf (pair: SigningPair, { short, cubic, stranger }: Keyring): Array<Record<string, unknown>> {
  const jwk = publicJwk(pair)
  const without = (...names: string[]) => Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)))
  return [
    jwk,
    { ...without('alg'), kid: 'no-alg' },
    { ...without('use'), kid: 'no-use' },
    { ...jwk, kid: 'verify-ops', key_ops: ['verify'] },
    { ...jwk, kid: 'enc', use: 'enc' },
    { ...jwk, kid: 'rs512', alg: 'RS512' },
    { ...without('use'), kid: 'sign-ops', key_ops: ['sign'] },
    { ...jwk, kid: 'twice' },
    { ...jwk, kid: 'twice' },
    { ...jwk, kid: 'both' },
    { ...publicJwk(stranger), kid: 'both' },
    { ...publicJwk(stranger), kid: 'mixed', use: 'enc' },
    { ...jwk, kid: 'mixed' },
    { ...jwk, kid: 'a.b@c: d é' },
    { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'curve', use: 'sig' },
    publicJwk(short),
    publicJwk(cubic)
  ]
}

/** Names under which a key set lists keys, good and bad. */
const NAMES = ['no-alg', 'no-use', 'verify-ops', 'enc', 'rs512', 'sign-ops', 'twice', 'both', 'mixed', 'a.b@c: d é', 'curve', 'short', 'cubic', 'nobody']

/** A token with some changes to a good one, signed. */
export async function makeToken (random: Random, world: World, keys: Keyring): Promise<string> {
  const isOwn = random.chance(0.7)
  const pair = isOwn ? keys.own : keys.other
  const header: Record<string, unknown> = { alg: 'RS256', typ: 'JWT', kid: pair.kid }
  const claims: Record<string, unknown> = {
    iss: isOwn ? world.issuers[0] : world.issuers[1],
    sub: 'auth0|6553da60a54af58e29493993',
    aud: random.pick([world.audience, [world.audience, `${world.issuers[0]}userinfo`]]),
    iat: world.now,
    exp: world.now + 86_400,
    azp: 'client-1',
    scope: 'openid tool:whoami',
    permissions: ['tool:whoami'],
    org_id: 'org_1'
  }
  if (random.chance(0.4)) {
    Object.assign(header, { typ: 'at+jwt' })
    Object.assign(claims, { azp: undefined, client_id: 'client-1', jti: `j${random.int(1e9)}` })
  }
  for (let changes = random.pick([0, 0, 1, 1, 1, 1, 1, 2, 2, 3]); changes > 0; changes--) {
    if (random.chance(0.2)) random.pick(headerChanges)(header, random, world)
    else random.pick(random.pick(claimChanges))(claims, random, world)
  }

  let key = pair
  if (random.chance(0.12)) {
    const kid = header['kid'] = random.pick(NAMES)
    key = kid === 'short' ? keys.short : kid === 'cubic' ? keys.cubic : pair
  } else if (random.chance(0.05)) key = random.pick([keys.stranger, keys.own, keys.other])

  const input = `${encode(header)}.${random.chance(0.03) ? oddly(claims, random, world) : encode(claims)}`
  return `${input}.${await signature(String(header['alg']), input, key.privateKey, key.publicKey)}`
}

// The signature that an attacker or another product would make for this alg.
async function signature (alg: string, input: string, privateKey: KeyObject, publicKey: KeyObject): Promise<string> {
  if (alg.toLowerCase() === 'none') return ''
  if (/^HS\d+$/.test(alg)) return createHmac(`sha${alg.slice(2)}`, publicKey.export({ format: 'pem', type: 'spki' })).update(input).digest('base64url')
  const hash = /^[RP]S(?:384|512)$/.test(alg) ? `RSA-SHA${alg.slice(2)}` : 'RSA-SHA256'
  const padding = alg.startsWith('PS') ? { padding: 6, saltLength: -1 } : {}
  return (await signAsync(hash, Buffer.from(input), { key: privateKey, ...padding })).toString('base64url')
}

// The same or other claims, in a spelling that JSON.stringify never writes.
function oddly (claims: Record<string, unknown>, random: Random, { audience }: World): string {
  const json = JSON.stringify(claims)
  const text = random.pick([
    ` ${json}\n`,
    `\uFEFF${json}`,
    `${json.slice(0, -1)},"aud":"https://other.test/"}`,
    `{"aud":"https://other.test/",${json.slice(1, -1)},"aud":${JSON.stringify(audience)}}`,
    `${json.slice(0, -1)},"__proto__":{"aud":"x"},"constructor":{"prototype":{}}}`,
    `[${json}]`, `"${audience}"`, 'null', '', '{', json.slice(0, -1), `${json}${json}`,
    `${json.slice(0, -1)},"deep":${'['.repeat(1000)}${']'.repeat(1000)}}`,
    `${json.slice(0, -1)},"exp":1e400}`
  ])
  // Half a surrogate pair is no text, even in a signed token.
  const bytes = random.chance(0.1) ? Buffer.from(json.replace('auth0|', 'auth0|\xe9'), 'latin1') : Buffer.from(text)
  return bytes.toString('base64url')
}

function encode (value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
