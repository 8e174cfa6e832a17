import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from './pool.ts'
import { tokenSource } from './tokens.ts'

/** Files of tokens that must be refused, each line another, and how many lines each file has. */
export interface RefusedTokens {
  readonly garbage: string
  readonly badSignature: string
  readonly unknownKey: string
  readonly count: number
}

/** Makes them out of live ones: nothing here needs a key. */
export function refusedTokens ({ file, count: live, directory }: Pool): RefusedTokens {
  const count = Math.min(live, 20_000)
  const next = tokenSource({ file, first: 0, count, used: 0, again: true })
  const write = (name: string, make: (token: string) => string) => {
    const path = join(directory, name)
    writeFileSync(path, Array.from({ length: count }, () => make(next() ?? '') + '\n').join(''), { mode: 0o600 })
    return path
  }

  return {
    count,
    garbage: write('garbage', token => randomBytes(token.length >> 1).toString('hex')),
    badSignature: write('bad-signature', token => token.replace(/[^.]+$/, randomSignature())),
    unknownKey: write('unknown-key', token => token.replace(/^[^.]+/, unknownHeader()))
  }
}

// The first bit clear keeps it below any modulus: such a signature is worked through to the end.
function randomSignature (): string {
  const bytes = randomBytes(256)
  bytes[0] = 0
  return bytes.toString('base64url')
}

function unknownHeader (): string {
  const kid = randomBytes(16).toString('base64url').slice(0, 21)
  return Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid })).toString('base64url')
}
