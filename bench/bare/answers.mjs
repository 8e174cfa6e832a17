import { readFileSync } from 'node:fs'

/** What to answer, byte for byte and header for header, to each kind of call: `kind → { headers, body }`. */
export const answers = JSON.parse(readFileSync(process.env.BENCH_ANSWERS, 'utf8'))

/** Which kind a call is, told by the one header in which they differ. */
export function kindOf (headers) {
  if (headers['mcp-method'] === 'tools/list') return 'list'
  return headers['mcp-method'] === undefined ? 'legacy' : 'modern'
}
