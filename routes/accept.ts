/** What clients of MCP send (streamable-http, "Sending Messages"); it need not be taken apart. */
const USUAL = 'application/json, text/event-stream'

/**
 * Whether a client takes this media type (RFC 9110 §12.5.1). Saying nothing is taking anything.
 * @param accept the `Accept` header
 */
export function accepts (accept: string | undefined, type: 'application/json' | 'text/event-stream'): boolean {
  if (accept === undefined || accept === USUAL || accept === '*/*') return true
  const ranges = accept.toLowerCase().split(',').map(range => range.split(';').map(part => part.trim()))
  // The most specific range decides: `application/json;q=0, */*` takes anything but JSON.
  const [, ...params] = [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*']
    .map(wanted => ranges.find(([range]) => range === wanted))
    .find(range => range !== undefined) ?? ['', 'q=0']
  return !params.some(param => /^q=0(?:\.0*)?$/.test(param))
}
