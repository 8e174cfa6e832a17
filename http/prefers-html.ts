import { mediaRanges } from './accept.ts'

/**
 * Whether a client prefers a page for people (RFC 9110 §12.5.1): it names `text/html`, no type with a higher quality, and
 * not `text/event-stream`, which an MCP client asks for by GET. A client that accepts everything gets no page.
 * @param accept the `Accept` header
 */
export function prefersHtml (accept: string | undefined): boolean {
  const ranges = mediaRanges(accept ?? '')
  const html = ranges.find(([type]) => type === 'text/html')
  if (html === undefined || ranges.some(([type]) => type === 'text/event-stream')) return false
  const wanted = quality(html)
  return wanted > 0 && ranges.every(range => quality(range) <= wanted)
}

function quality ([, ...params]: readonly string[]): number {
  const [, value = '1'] = params.map(param => /^q=(.*)$/.exec(param)).find(found => found !== null) ?? []
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 0
}
