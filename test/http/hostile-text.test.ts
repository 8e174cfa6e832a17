import t from 'tap'
import { bearerToken } from '../../auth/bearer.ts'
import { decodeJws, isKeyId } from '../../auth/jws.ts'
import { placeholderHint } from '../../auth/placeholder.ts'
import { Refusal } from '../../auth/refusal.ts'
import { accepts } from '../../http/accept.ts'
import { canonicalHost, isLoopbackHost } from '../../http/allow-list.ts'
import { prefersHtml } from '../../http/prefers-html.ts'
import { printableLine } from '../../http/printable-log.ts'
import { addressKey } from '../../limits/address.ts'
import { escapeHidden, withoutHidden } from '../../mcp/safe-text.ts'
import { questionForSecret } from '../../mcp/elicitation/secret-field.ts'
import { hostCheck } from '../../metrics/host.ts'

/** More than Node takes of headers, so that the time of a slow reader stands out. */
const LENGTH = 100_000
/** Milliseconds: twenty times what the slowest reader takes. One that looks at every pair of characters takes longer. */
const LIMIT = 1000

const PIECES = ['a', ' ', '\t', ',', ';', '=', 'q=0.', '.', ':', '1', '/', '-', '_', 'token_', 'jwt-', 'api_key_', '$', '{', '}', '<', '>', '[', ']', '%', '*', '"', '\\', '\\"', 'eyJ', 'eyJaaaaaaaa.', 'enter ', 'password ', 'aB', '\u200d', '\ufe0f', '\ud800', '\u{1f600}', '\n    at ', '\u0628', 'text/html;', '::', '\u0085', '#\ufe0f']
const STARTS = ['', '"']
const ENDS = ['!', 'token']

const READERS: ReadonlyArray<readonly [name: string, read: (text: string) => unknown]> = [
  ['Authorization', text => bearerToken(`Bearer ${text}`, '/mcp', Infinity)],
  ['Authorization of two parts', text => bearerToken(`Bearer ${text} x`, '/mcp', Infinity)],
  ['a query', text => bearerToken('Bearer a', `/mcp?${text}`, Infinity)],
  ['a token', decodeJws],
  ['a key id', isKeyId],
  ['a placeholder', placeholderHint],
  ['Accept', text => accepts(text, 'application/json')],
  ['Accept of a browser', text => prefersHtml(`text/html${';a'.repeat(8000)},${text.slice(0, 16_000)}`)],
  ['Host', text => canonicalHost(text, '80')],
  ['a loopback host', isLoopbackHost],
  ['Host of the metrics', hostCheck('127.0.0.1', 'localhost')],
  ['an address', addressKey],
  ['a text for a model', withoutHidden],
  ['data for a model', escapeHidden],
  ['a question', questionForSecret],
  ['a log line', text => printableLine(`${JSON.stringify({ text, stack: text, [text]: 1 })}\n`)]
]

for (const [name, read] of READERS) {
  t.test(`reads ${name} in time that grows with its length, and throws nothing but a refusal`, async t => {
    for (const piece of PIECES) {
      for (const start of STARTS) {
        for (const end of ENDS) {
          const ms = timeOf(() => read(start + piece.repeat(LENGTH / piece.length) + end))
          if (ms >= LIMIT) return t.fail(`${JSON.stringify(piece)} takes ${Math.round(ms)} ms`)
        }
      }
    }
  })
}

/** The quicker of two if the first is slow, since anything may come between. */
function timeOf (read: () => void): number {
  const first = once(read)
  return first < LIMIT ? first : Math.min(first, once(read))
}

function once (read: () => void): number {
  const start = performance.now()
  try {
    read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
  return performance.now() - start
}
