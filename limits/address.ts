import { isIPv6 } from 'node:net'

// Some proxies write the port as well, such as those of Azure: 192.0.2.1:50000, [2001:db8::1]:50000.
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]*)\])(?::\d+)?$/
/** Longest key, in characters: no address is longer. */
const MAX_LENGTH = 64

/**
 * The part of an address that one person holds: an IPv4 address whole, of an IPv6 address the first 64 bits. A port
 * does not count, since a caller has thousands of them.
 */
export function addressKey (written: string): string {
  const [, v4, v6] = WITH_PORT.exec(written) ?? []
  // Without the zone of a link-local address: the name of an interface may hold a full stop.
  const [address = ''] = (v4 ?? v6 ?? written).split('%')
  if (!isIPv6(address) || address.includes('.')) return copy(address.replace(/^::ffff:/i, ''))
  const [head = '', tail] = address.split('::')
  const groups = (part: string): string[] => part === '' ? [] : part.split(':')
  const [first, last] = [groups(head), tail === undefined ? [] : groups(tail)]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].slice(0, 4).map(group => parseInt(group, 16).toString(16)).join(':')
}

// A part of a header keeps the whole header in memory, and with TRUST_PROXY=true callers write what they want.
function copy (address: string): string {
  return Buffer.from(address.slice(0, MAX_LENGTH), 'latin1').toString('latin1')
}
