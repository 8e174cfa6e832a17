import { isUtf8 } from 'node:buffer'
import { placeholderHint } from './placeholder.ts'
import { forLog, Refusal } from './refusal.ts'

/** The header of a JWS as it came. Do not trust it before the signature is verified. */
export type JoseHeader = Readonly<Record<string, unknown>>

/** Which of Auth0's token profiles are accepted: `any` of the two, or only that of RFC 9068. */
export type TokenProfile = 'any' | 'rfc9068'

// Half a surrogate pair is not a character, and get-jwks cannot store a name that holds one.
const KEY_ID = /^[^\p{Cc}\p{Cs}]{1,256}$/u
const ACCESS_TOKEN_TYPES = new Set(['at+jwt', 'application/at+jwt'])
const LEGACY_TYPES = new Set(['jwt', 'application/jwt'])
const UNSUPPORTED = ['crit', 'b64', 'zip', 'cty'] as const

/** A decoded token. Do not trust either part before the signature is verified. */
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
  if (segments.length === 3) {
    const [header, payload, signature] = segments as [string, string, string]
    const jws = { header: parseHeader(header), payload: parse(decode(payload)) }
    if (decode(signature) !== undefined && isWhole(jws)) return jws
  }
  const reason = segments.length === 1 ? 'opaque_token' : segments.length === 5 ? jweReason(segments[0] as string) : 'malformed'
  throw new Refusal(reason, placeholderHint(token))
}

// All tokens of a key have the same header, so the last one is kept.
let last: { readonly segment: string, readonly header: JoseHeader | undefined } = { segment: '', header: undefined }

function parseHeader (segment: string): JoseHeader | undefined {
  if (segment !== last.segment) last = { segment, header: parse(decode(segment)) }
  return last.header
}

// Node's decoder accepts padding, stray bits and the other alphabet. Only the canonical spelling is a token.
function decode (segment: string): Buffer | undefined {
  const bytes = Buffer.from(segment, 'base64url')
  return bytes.toString('base64url') === segment ? bytes : undefined
}

/** The object that a segment holds; undefined if it holds none. */
function parse (json: Buffer | undefined): Jws['payload'] | undefined {
  // JSON is UTF-8. A lenient decoder would make one subject out of several.
  if (json === undefined || !isUtf8(json)) return undefined
  try {
    const value: unknown = JSON.parse(json.toString())
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether a value is a JSON object: neither an array nor null. */
export function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWhole (parts: { readonly [Part in keyof Jws]: Jws[Part] | undefined }): parts is Jws {
  return parts.header !== undefined && parts.payload !== undefined
}

/**
 * Checks a JOSE header: RS256 and nothing else, no extension that we do not understand, the right kind of JWT,
 * a key named by `kid` (RFC 7515 §4.1, RFC 8725 §3.1, §3.11). Keys in the header itself are ignored.
 *
 * @returns the `kid`
 * @throws Refusal
 */
export function checkHeader ({ header, payload }: Jws, profile: TokenProfile): string {
  const { alg, typ, kid } = header
  if (alg === 'HS256') throw new Refusal('hs256_token')
  if (alg !== 'RS256') throw new Refusal('algorithm', { expected: 'RS256', found: forLog(alg) })
  for (const name of UNSUPPORTED) {
    if (Object.hasOwn(header, name)) throw new Refusal('critical_header', { found: name })
  }
  if (!isAccessTokenType(typ, profile)) throw new Refusal('token_type', { found: forLog(typ) })
  if (!isKeyId(kid)) throw new Refusal('no_key_id', { found: { iss: forLog(payload['iss']), kid: forLog(kid) } })
  return kid
}

/** Whether a value can name a key: text of 1 to 256 characters without control characters. */
export function isKeyId (value: unknown): value is string {
  return typeof value === 'string' && KEY_ID.test(value)
}

function isAccessTokenType (typ: unknown, profile: TokenProfile): boolean {
  if (typ === undefined) return profile === 'any'
  if (typeof typ !== 'string') return false
  const type = typ.toLowerCase()
  return ACCESS_TOKEN_TYPES.has(type) || (profile === 'any' && LEGACY_TYPES.has(type))
}

// If a client asks for no audience, Auth0 issues a JWE under a key of its own (`dir`). An API that encrypts its tokens
// uses RSA-OAEP. Each has its own remedy.
function jweReason (header: string): 'jwe_no_audience' | 'jwe_unsupported' | 'malformed' {
  try {
    const { alg, enc } = JSON.parse(Buffer.from(header, 'base64url').toString())
    if (typeof enc !== 'string') return 'malformed'
    return alg === 'dir' ? 'jwe_no_audience' : 'jwe_unsupported'
  } catch {
    return 'malformed'
  }
}
