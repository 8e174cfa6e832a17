/** The places where an API may be called: the origin and path of its URL, and all below. */
export interface Place {
  readonly origin: string
  /** Ends in a slash. */
  readonly path: string
}

// Whitespace and controls, which URL parsers drop, and characters that some of them read as another.
const UNFIT = /[\s\\#\p{Cc}]/u
/** A path that is encoded more often than this is refused. */
const MAX_DECODINGS = 4
// Dot, slash and backslash in more bytes than UTF-8 allows (RFC 3629 §10), which careless decoders accept.
const OVERLONG = /%(?:c0%a[ef]|c1%9c|e0%8(?:0%a[ef]|1%9c)|f0%80%8(?:0%a[ef]|1%9c))/i

/** The place that a URL names. */
export function placeOf (url: string): Place {
  const { origin, pathname } = new URL(url)
  return { origin, path: pathname.replace(/\/?$/, '/') }
}

/** The URL of a path below a place. @throws TypeError if the path could lead anywhere else */
export function urlOf ({ origin, path: base }: Place, path: unknown): URL {
  if (typeof path !== 'string' || !/^\/(?!\/)/.test(path)) throw new TypeError('expected a path that begins with one "/"')
  if (UNFIT.test(path)) throw new TypeError('expected a path without blanks, controls, "\\" and "#"; use encodeURIComponent for values')
  if (climbs(path)) throw new TypeError('expected a path without "." and ".." segments, also encoded ones')
  return new URL(`${origin}${base}${path.slice(1)}`)
}

/** Where a redirect leads, if that is below the place; undefined if not. */
export function redirectTarget ({ origin, path }: Place, location: string, from: URL): URL | undefined {
  if (!URL.canParse(location, from.href)) return undefined
  const url = new URL(location, from)
  const isInside = url.origin === origin && url.username === '' && url.password === '' && `${url.pathname}/`.startsWith(path)
  return isInside && !climbs(url.pathname) ? url : undefined
}

/** Whether a path holds a segment that leads up, in any spelling that a server behind this one may decode. */
function climbs (path: string): boolean {
  let text = path.replace(/\?.*$/, '')
  if (OVERLONG.test(text)) return true
  for (let i = 0; i < MAX_DECODINGS; i++) {
    text = text.replace(/(?:%[\da-f]{2})+/gi, bytes => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString()).normalize('NFKC')
    if (text.split(/[/\\;]/).some(segment => segment === '.' || segment === '..')) return true
  }
  return /%25/.test(text)
}
