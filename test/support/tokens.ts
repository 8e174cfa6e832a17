import { constants, createHash, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { Issuer } from '../../dev/issuer.ts'
import { makePair, publicJwk, signRs256, type Claims, type SigningPair } from '../../dev/signing.ts'

/** A key that the issuer does not have. */
export const attacker = makePair()

const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Texts that an attacker may use as an HMAC secret: all of them are public (RFC 8725 §2.1). */
export const HMAC_SECRETS: Readonly<Record<string, (issuer: Issuer) => string>> = {
  'the public key in PEM': pem,
  'the PEM without its last line break': issuer => pem(issuer).trim(),
  'white space before the PEM': issuer => `\n\t ${pem(issuer)}`,
  'junk before the PEM': issuer => `x${pem(issuer)}`,
  'the PEM of PKCS #1': issuer => key(issuer).publicKey.export({ type: 'pkcs1', format: 'pem' }) as string,
  'the modulus of the JWK': issuer => publicJwk(key(issuer))['n'] as string,
  'the JWK itself': issuer => JSON.stringify(publicJwk(key(issuer))),
  'the certificate of x5c': issuer => key(issuer).publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  'white space before the certificate': issuer => ` ${key(issuer).publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
  'one space': () => ' '
}

/** The signing key of an issuer. */
export function key (issuer: Issuer): SigningPair {
  return issuer.keys[0] as SigningPair
}

function pem (issuer: Issuer): string {
  return key(issuer).publicKey.export({ type: 'spki', format: 'pem' }) as string
}

/** The header of a good token. */
export function header (issuer: Issuer): Claims {
  return { alg: 'RS256', typ: 'JWT', kid: key(issuer).kid }
}

/** The claims of a good token, as text. */
export function claims (issuer: Issuer): string {
  return Buffer.from(issuer.token().split('.')[1] as string, 'base64url').toString()
}

/** A token of any text, signed with the issuer's own key. */
export function signed (issuer: Issuer, head: Claims | string | Buffer, payload: string | Buffer): string {
  return signRs256(`${b64(head)}.${b64(payload)}`, key(issuer).privateKey)
}

/** The claims of a good token, without a signature (RFC 7519 §6). */
export function unsigned (issuer: Issuer, head: Claims): string {
  return `${b64(head)}.${b64(claims(issuer))}.`
}

/** The claims of a good token, signed with a secret. */
export function hmac (issuer: Issuer, alg: 'HS256' | 'HS512', secret: string): string {
  const input = `${b64({ ...header(issuer), alg })}.${b64(claims(issuer))}`
  return `${input}.${createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url')}`
}

/** A good signature of the issuer's own key, by another algorithm. */
export function signedAs (issuer: Issuer, alg: 'RS384' | 'RS512' | 'PS256' | 'ES256'): string {
  const input = `${b64({ ...header(issuer), alg })}.${b64(claims(issuer))}`
  const own = key(issuer).privateKey
  const options = {
    RS384: own,
    RS512: own,
    PS256: { key: own, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    ES256: { key: curve.privateKey, dsaEncoding: 'ieee-p1363' as const }
  }
  return `${input}.${sign(alg.replace(/^../, 'sha'), Buffer.from(input), options[alg] as KeyObject).toString('base64url')}`
}

/** Five segments: a JWE (RFC 7516 §3.1). */
export function jwe (head: Claims | string): string {
  return `${b64(head)}.${['', 'iv', 'ciphertext', 'tag'].map(part => createHash('sha256').update(part).digest('base64url')).join('.')}`
}

/** A token with one of its parts replaced. */
export function withSegment (token: string, index: number, segment: string): string {
  return token.split('.').with(index, segment).join('.')
}

/** The same signature in another spelling: the last base64url character of an RSA signature has unused bits. */
export function respelt (token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) as string) + 1]
}

/** The signature with its first bit turned. */
export function flipped (token: string): string {
  const signature = Buffer.from(token.split('.')[2] as string, 'base64url')
  signature[0] = signature.readUInt8() ^ 1
  return withSegment(token, 2, signature.toString('base64url'))
}

/** base64url of bytes, of a text, or of the JSON of claims. */
export function b64 (value: Claims | string | Buffer): string {
  if (Buffer.isBuffer(value)) return value.toString('base64url')
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}
