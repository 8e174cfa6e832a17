import { BlockList, isIP } from 'node:net'
import { isLoopback } from './loopback.ts'
import { Expected } from './settings.ts'

const HOST_NAME = /^[a-z\d_](?:[\w-]*)(?:\.[a-z\d_][\w-]*)*\.?$/i
/** Paths of the server's other routes. */
const OWN_ROUTES = /^\/(?:health|\.well-known)(?=\/|$)/
/** Addresses that a server can listen on, but that no client can connect to: multicast (RFC 5771, RFC 4291 §2.7) and broadcast. */
const GROUPS = new BlockList()
GROUPS.addSubnet('224.0.0.0', 4)
GROUPS.addSubnet('ff00::', 8, 'ipv6')
GROUPS.addAddress('255.255.255.255')
GROUPS.addAddress('127.255.255.255')
const NO_WILDCARD = 'each host by its full name (wildcards have no meaning here)'

/** The URL of the endpoint in its one canonical form, with a path that no other route of this server has. */
export function resource (text: string): string | Expected {
  const url = bareUrl(text)
  if (url instanceof Expected) return url
  // The path becomes a route, in which other characters have a meaning.
  if (!/^[\w.~/-]*$/.test(url.pathname)) return new Expected('a path of letters, digits, "-", ".", "_" and "~"')
  const canonical = url.href.replace(/\/+$/, '')
  if (text !== canonical) return new Expected(`${difference(text, url)}, ${JSON.stringify(canonical)}`)
  if (url.pathname.includes('//')) return new Expected('a path without an empty segment')
  if (OWN_ROUTES.test(url.pathname)) return new Expected(`another path, such as "/mcp": this server has routes of its own under "${OWN_ROUTES.exec(url.pathname)?.[0]}"`)
  return text
}

/** How a URL differs from its canonical form. */
function difference (text: string, { host, protocol }: URL): string {
  const [, scheme = '', authority = ''] = /^([^:]*:\/\/)([^/\\]*)/.exec(text) as RegExpExecArray
  const faults = [
    /[A-Z]/.test(scheme + authority) && 'in lower case',
    host !== authority.toLowerCase() && /:0*(?:80|443)$/.test(authority) && `without the port that ${protocol}// implies`,
    /\/$/.test(text) && 'without a trailing slash'
  ].filter(Boolean)
  return `its canonical form${faults.length > 0 ? ` ${faults.join(' and ')}` : ''}`
}

/** An address or a name to listen on. */
export function listenHost (text: string): string | Expected {
  // Fastify serves `localhost` by a second server for its other address, and that one has none of our limits.
  if (text.toLowerCase() === 'localhost') return '127.0.0.1'
  const version = isIP(text)
  if (version !== 0 && GROUPS.check(text.replace(/%.*/, ''), version === 6 ? 'ipv6' : 'ipv4')) return new Expected('an address that clients can connect to (this one is for multicast or broadcast)')
  const isName = HOST_NAME.test(text) && !/^(?:null|true|false|any|all)$/i.test(text)
  return isName || version !== 0 ? text : new Expected('an address or a host name to listen on, without port or brackets')
}

/** The value of a `Host` header, in lower case. */
export function hostHeader (text: string): string | Expected {
  const [, name = '', port] = /^(\[[\da-f:.]+\]|[^:]*)(?::(\d{1,5}))?$/i.exec(text) ?? []
  if (text.includes('*') || /^\.|^(?:any|all)$/i.test(text)) return new Expected(NO_WILDCARD)
  const isName = HOST_NAME.test(name) && !/^(?:null|true|false|off)$/i.test(name)
  const isHost = (isName || name.startsWith('[')) && URL.canParse(`http://${text}`) && port !== '0'
  return isHost ? text.toLowerCase() : new Expected('a host as in a Host header, such as "mcp.example.com"')
}

/** The value of an `Origin` header. Schemes of apps and extensions stay as they are written. */
export function origin (text: string): string | Expected {
  if (text === 'null') return text
  if (text.includes('*') || /^(?:any|all)$/i.test(text)) return new Expected('each origin in full (wildcards have no meaning here)')
  if (!URL.canParse(text) || !/^[a-z][a-z\d+.-]*:\/\/[^\s/\\?#@]+/i.test(text)) return new Expected('an origin, such as "https://app.example.com"')
  const url = new URL(text)
  // The URL standard gives other schemes no origin, but browsers send one.
  const canonical = /^https?:$/.test(url.protocol) ? url.origin : `${url.protocol}//${url.host}`
  return text === canonical ? text : new Expected(`an origin in its canonical form, ${JSON.stringify(canonical)}`)
}

/** Where Redis is. The password may hold any character, so nothing of the text is repeated. */
export function redis (text: string): string | Expected {
  const what = 'a URL such as "redis://host:6379" or "rediss://user:password@host:6379/0", with special characters of the password as %XX'
  if (!URL.canParse(text) || !/^rediss?:\/\//.test(text)) return new Expected(what)
  const { hostname, pathname, search, hash, username, password } = new URL(text)
  if (hostname === '' || !/^\/?\d*$/.test(pathname) || search !== '' || hash !== '') return new Expected(what)
  try {
    decodeURIComponent(username + password)
    return text
  } catch {
    return new Expected(what)
  }
}

/** All proxies (`true`), none, or those with these addresses. */
export function proxies (text: string): boolean | string | Expected {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.split(',').every(part => isAddressRange(part.trim())) ? text : new Expected('"true", "false", or addresses and ranges separated by commas')
}

function isAddressRange (text: string): boolean {
  if (/^(loopback|linklocal|uniquelocal)$/.test(text)) return true
  const [address = '', bits, ...rest] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] as number
  return rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
}

/** A bare URL: https, or http on a loopback host, and nothing but scheme, host, port and path. */
export function bareUrl (text: string): URL | Expected {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) return new Expected('an absolute URL that begins with "https://"')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return new Expected('a URL without user or password')
  if (/[?#]/.test(text)) return new Expected('a URL without query or fragment')
  if (!HOST_NAME.test(url.hostname) && !url.hostname.startsWith('[')) return new Expected('a URL with a host name')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return new Expected('https:// (http:// is for loopback hosts only)')
  return url
}
