/** The hosts or origins that are accepted. */
export interface AllowList {
  readonly exact: readonly string[]
  /** Whether every loopback name is accepted too, on any port. */
  readonly loopback: boolean
}

const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** Whether a host, with or without a port, is a loopback name. */
export function isLoopbackHost (host: string): boolean {
  return isLoopbackOrigin(`http://${host}`)
}

/** Whether an origin is on this machine. */
export function isLoopbackOrigin (origin: string): boolean {
  return LOOPBACK_ORIGIN.test(origin)
}

/**
 * A host without what makes no difference: upper case, one final dot and the default port (RFC 9110 §4.2.3).
 *
 * @param defaultPort the port that the scheme of the resource implies
 */
export function canonicalHost (host: string, defaultPort: string): string {
  const lower = host.toLowerCase()
  const [, name = lower, port] = /^(\[[^\]]*\]|[^:]*?)\.?(?::(\d+))?$/.exec(lower) ?? []
  return port === undefined || port === defaultPort ? name : `${name}:${port}`
}
