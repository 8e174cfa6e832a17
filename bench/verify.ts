import { createPublicKey, verify } from 'node:crypto'
import { tokenSource } from './tokens.ts'
import type { TokenRange } from './tokens.ts'

/** What the process that measures a bare signature check is asked. */
export interface VerifyJob {
  readonly pem: string
  readonly tokens: TokenRange
}

process.on('message', ({ pem, tokens }: VerifyJob) => {
  const key = createPublicKey(pem)
  const parts: [Buffer, Buffer][] = []
  const next = tokenSource(tokens)
  for (let token = next(); token !== undefined; token = next()) {
    const dot = token.lastIndexOf('.')
    parts.push([Buffer.from(token.slice(0, dot)), Buffer.from(token.slice(dot + 1), 'base64url')])
  }

  const before = process.cpuUsage()
  const good = parts.filter(([content, signature]) => verify('RSA-SHA256', content, key, signature))
  const { user, system } = process.cpuUsage(before)

  if (good.length !== parts.length) throw new Error('A live token does not verify')
  process.send?.((user + system) / parts.length)
})
