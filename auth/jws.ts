import { isUtf8 } from 'node:buffer'
import { Refusal, shown } from './refusal.ts'

/** The header of a JWS as it came: nothing in it is to be trusted before the signature is verified. */
export type JoseHeader = Readonly<Record<string, unknown>>

/** Which of Auth0's token profiles are accepted: `any` of the two, or only that of RFC 9068. */
export type TokenProfile = 'any' | 'rfc9068'

// What Auth0 uses: base64 of either alphabet. Anything else is not worth a request to the issuer.
const KEY_ID = /^[\w+/=-]{1,256}$/
const ACCESS_TOKEN_TYPES = new Set(['at+jwt', 'application/at+jwt'])
const LEGACY_TYPES = new Set(['jwt', 'application/jwt'])
const UNSUPPORTED = ['crit', 'b64', 'zip', 'cty'] as const

/** A token taken apart, and nothing more: neither part is to be trusted before the signature is verified. */
export interface Jws {
  readonly header: JoseHeader
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * Takes a signed JWT apart (RFC 7515 §3.1, §7.1; RFC 7519 §7.2).
 * @throws Refusal that tells encrypted and opaque tokens from broken ones
 */
export function decodeJws (token: string): Jws {
  const segments = token.split('.')
  if (segments.length === 5) throw new Refusal(jweReason(segments[0] as string))
  if (segments.length === 1) throw new Refusal('opaque_token')
  if (segments.length !== 3) throw new Refusal('malformed')

  const [header, payload] = segments.map(decode) as [Buffer, Buffer, Buffer]
  return { header: parse(header), payload: parse(payload) }
}

// Node's decoder forgives: padding, stray bits, the other alphabet. What it would write in another way is not
// canonical; a token has one spelling.
function decode (segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url')
  if (bytes.toString('base64url') !== segment) throw new Refusal('malformed')
  return bytes
}

function parse (json: Buffer): Jws['payload'] {
  // What is not UTF-8 is no JSON. A forgiving decoder would make one subject out of several.
  if (!isUtf8(json)) throw new Refusal('malformed')
  try {
    const value = JSON.parse(json.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {}
  throw new Refusal('malformed')
}

/**
 * Checks a JOSE header: RS256 and nothing else, no extension that we do not understand, the right kind of JWT,
 * a key named by `kid` (RFC 7515 §4.1, RFC 8725 §3.1, §3.11). Keys that the header itself brings are not looked at.
 *
 * @returns the `kid`
 * @throws Refusal
 */
export function checkHeader (header: JoseHeader, profile: TokenProfile): string {
  const { alg, typ, kid } = header
  if (alg === 'HS256') throw new Refusal('hs256_token')
  if (alg !== 'RS256') throw new Refusal('algorithm', { expected: 'RS256', found: shown(alg) })
  for (const name of UNSUPPORTED) {
    if (Object.hasOwn(header, name)) throw new Refusal('critical_header', { found: name })
  }
  if (!isAccessTokenType(typ, profile)) throw new Refusal('token_type', { found: shown(typ) })
  if (typeof kid !== 'string' || !KEY_ID.test(kid)) throw new Refusal('no_key_id')
  return kid
}

function isAccessTokenType (typ: unknown, profile: TokenProfile): boolean {
  if (typ === undefined) return profile === 'any'
  if (typeof typ !== 'string') return false
  const type = typ.toLowerCase()
  return ACCESS_TOKEN_TYPES.has(type) || (profile === 'any' && LEGACY_TYPES.has(type))
}

// Auth0 answers a request without an audience with a JWE under a key of its own (`dir`); an API that
// encrypts its tokens uses RSA-OAEP. The two are mended in different places.
function jweReason (header: string): 'jwe_no_audience' | 'jwe_unsupported' | 'malformed' {
  try {
    const { alg, enc } = JSON.parse(Buffer.from(header, 'base64url').toString())
    if (typeof enc !== 'string') return 'malformed'
    return alg === 'dir' ? 'jwe_no_audience' : 'jwe_unsupported'
  } catch {
    return 'malformed'
  }
}
