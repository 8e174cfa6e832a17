import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** The members of a header or of a payload. */
export type Claims = Record<string, unknown>

/** A key of the development issuer. */
export interface SigningPair {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** An RSA key pair with a `kid` in Auth0's form. */
export function makePair (modulusLength = 2048): SigningPair {
  return { kid: randomBytes(16).toString('base64url').slice(0, 21), ...generateKeyPairSync('rsa', { modulusLength }) }
}

/** A compact JWS (RFC 7515 §3.1), signed with RS256 whatever the header says. Members that are undefined are left out. */
export function signJwt (header: Claims, payload: Claims, privateKey: KeyObject): string {
  return signRs256(`${encode(header)}.${encode(payload)}`, privateKey)
}

/** Appends the RS256 signature to the first two parts of a compact JWS, whatever they hold. */
export function signRs256 (input: string, privateKey: KeyObject): string {
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')}`
}

/** A public key in the form of Auth0's key set. */
export function publicJwk ({ kid, publicKey }: SigningPair): Claims {
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }
}

/** A part of a token: base64url of JSON. */
export function encode (value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
