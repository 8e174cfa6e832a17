import { compile } from '@fastify/proxy-addr'

/** The most addresses that are looked at in a request. No chain of proxies is longer. */
const MAX_HOPS = 32

/**
 * Tells which hops of a request are proxies that the server trusts, for Fastify's `trustProxy`. A header has room for
 * thousands of their addresses, and Fastify would look at each one: 3,000 take 12 ms.
 *
 * @param proxies all (`true`), none, or those with these addresses and ranges, separated by commas
 */
export function trustedHops (proxies: boolean | string): boolean | ((address: string, hop: number) => boolean) {
  if (typeof proxies === 'boolean') return proxies
  const isTrusted = compile(proxies.split(',').map(address => address.trim()))
  return (address, hop) => hop < MAX_HOPS && isTrusted(address, hop)
}
