/** The code of the error for a client that accepts no answer of this server. */
export const NOT_ACCEPTABLE = 'MCP_ERR_NOT_ACCEPTABLE'

/** The header of an MCP client (streamable-http, "Sending Messages to the Server"), which needs no parsing. */
const USUAL = 'application/json, text/event-stream'

/**
 * Whether a client accepts this media type (RFC 9110 §12.5.1). An absent or empty header accepts every type.
 * @param accept the `Accept` header
 */
export function accepts (accept: string | undefined, type: 'application/json' | 'text/event-stream'): boolean {
  if (accept === undefined || accept === USUAL || accept === '*/*') return true
  const ranges = mediaRanges(accept)
  if (ranges.every(([range]) => range === '')) return true
  // The most specific range decides: `application/json;q=0, */*` accepts anything but JSON.
  const [, ...params] = [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*']
    .map(wanted => ranges.find(([range]) => range === wanted))
    .find(range => range !== undefined) ?? ['', 'q=0']
  return !params.some(param => /^q=0(?:\.0*)?$/.test(param))
}

/** The media ranges of an `Accept` header in lower case: each a type and its parameters. */
export function mediaRanges (accept: string): string[][] {
  return accept.toLowerCase().split(',').map(range => range.split(';').map(part => part.trim()))
}

/**
 * Refuses a client that accepts neither JSON nor a stream of events.
 * @param accept the `Accept` header
 * @throws Error with status 406
 */
export function refuseUnacceptable (accept: string | undefined): void {
  if (accepts(accept, 'application/json') || accepts(accept, 'text/event-stream')) return
  throw Object.assign(new Error('not acceptable'), { statusCode: 406, code: NOT_ACCEPTABLE })
}
