import { isIPv6 } from 'node:net'

/** The part of an address that one person holds: an IPv4 address whole, of an IPv6 address the first 64 bits. */
export function addressKey (address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address.replace(/^::ffff:/i, '')
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const groups = (part: string): string[] => part === '' ? [] : part.split(':')
  const [first, last] = [groups(head), tail === undefined ? [] : groups(tail)]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].slice(0, 4).map(group => parseInt(group, 16).toString(16)).join(':')
}
