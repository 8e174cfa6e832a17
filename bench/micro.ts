import { generateKeyPairSync, verify } from 'node:crypto'
import { bearerToken } from '../auth/bearer.ts'
import { decodeJws } from '../auth/jws.ts'
import { signJwt } from '../dev/signing.ts'
import { install } from './machine.ts'
import { userClaims } from './tokens.ts'

// `tsx bench/micro.ts` times single steps with mitata. With the name of a step it prints the microseconds of processor
// time of that step and nothing else.
const CALLS = 3000

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const issuer = 'https://tenant.eu.auth0.com/'
const now = Math.floor(Date.now() / 1000)
const token = signJwt({ alg: 'RS256', typ: 'JWT', kid: 'K1AUPhZq8mRi0Q0pjhkf' }, { iss: issuer, iat: now, exp: now + 86_400, ...userClaims(issuer, 0) }, privateKey)
const dot = token.lastIndexOf('.')
const input = Buffer.from(token.slice(0, dot))
const signature = Buffer.from(token.slice(dot + 1), 'base64url')

const steps: Readonly<Record<string, () => unknown>> = {
  verify: () => verify('RSA-SHA256', input, publicKey, signature),
  decodeJws: () => decodeJws(token),
  bearerToken: () => bearerToken(`Bearer ${token}`, '/mcp', 8192)
}

const [name] = process.argv.slice(2)
const step = steps[name ?? '']
if (step !== undefined) {
  repeat(step)
  const before = process.cpuUsage()
  repeat(step)
  const { user, system } = process.cpuUsage(before)
  console.log((user + system) / CALLS)
} else {
  install('.')
  const { bench, run } = await import('mitata')
  for (const [each, run] of Object.entries(steps)) bench(each, run)
  await run()
}

function repeat (run: () => unknown): void {
  for (let n = 0; n < CALLS; n++) run()
}
