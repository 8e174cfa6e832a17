import { randomBytes } from 'node:crypto'
import { makePair, type SigningPair } from '../../../dev/signing.ts'
import type { DrillIssuer } from './issuer.ts'

// Signing takes time that the load needs, so tokens are kept.
const tokens = new Map<string, string>()
const stranger = makePair()
let turn = 0

/** A good token of a key, if there is one. */
export function goodToken (from: DrillIssuer, pair: SigningPair | undefined): { token: string, kid: string } | undefined {
  return pair && { token: kept(`${pair.kid} good`, () => from.token({}, pair)), kid: pair.kid }
}

/** A token that expired a second ago. */
export function expiredToken (from: DrillIssuer): string {
  const now = Math.floor(Date.now() / 1000)
  return kept(`${from.keys[0]?.kid} expired`, () => from.token({ iat: now - 90, exp: now - 1 }))
}

/** One of several forgeries, in turn. */
export function forgedToken (from: DrillIssuer): string {
  const { kid } = from.keys[0] as SigningPair
  const good = kept(`${kid} good`, () => from.token())
  const [header = '', payload = '', signature = ''] = good.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const other = Buffer.from(JSON.stringify({ ...claims, sub: `auth0|${turn}` })).toString('base64url')
  return [
    () => kept(`${kid} stranger`, () => from.token({}, stranger, { kid })),
    () => `${header}.${other}.${signature}`,
    () => `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT', kid })).toString('base64url')}.${payload}.`,
    () => `${header}.${payload}.${signature.slice(0, 20)}${signature.charAt(20) === 'A' ? 'B' : 'A'}${signature.slice(21)}`
  ][turn++ % 4]?.() ?? ''
}

/** A new `kid` each time, with a signature that is never checked. */
export function unknownToken (from: DrillIssuer): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'RS256', typ: 'JWT', kid: randomBytes(15).toString('base64url') })}.${encode({ iss: from.url })}.${randomBytes(256).toString('base64url')}`
}

function kept (name: string, make: () => string): string {
  const known = tokens.get(name) ?? make()
  tokens.set(name, known)
  return known
}
