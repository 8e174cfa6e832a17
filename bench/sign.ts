import { createPrivateKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { signToken, userClaims } from './issuer.ts'

/** What a signing process is asked for: the tokens of some users, in a file. */
export interface Part {
  readonly issuer: string
  readonly kid: string
  readonly pem: string
  readonly from: number
  readonly to: number
  readonly file: string
}

process.on('message', ({ issuer, kid, pem, from, to, file }: Part) => {
  const identity = { issuer, kid, key: createPrivateKey(pem) }
  const tokens: string[] = []
  for (let n = from; n < to; n++) tokens.push(signToken(identity, userClaims(issuer, n)) + '\n')

  writeFileSync(file, tokens.join(''), { mode: 0o600 })
  process.send?.(file)
})
