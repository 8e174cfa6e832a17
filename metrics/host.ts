import { isIPv4, isIPv6 } from 'node:net'

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/
// What Docker and Podman call this machine inside a container. No public name can end in `internal`.
const OWN_NAMES = ['localhost', 'host.docker.internal', 'host.containers.internal']
const HOST = /^(?:\[([^\]]*)\]|([^:]*?)\.?)(?::\d{1,5})?$/

/**
 * Which `Host` headers a listener answers. On a loopback address, a page in a browser of this machine could ask it under
 * a name of its own that it points there (DNS rebinding), and read the answer. An address and the names of this machine
 * are no such names. Other machines reach no loopback address, so on any other every name is accepted.
 * @param address where the listener is bound
 * @param own METRICS_HOST, which is accepted too
 */
export function hostCheck (address: string, own: string): (host: string | undefined) => boolean {
  if (!LOOPBACK.test(address)) return () => true
  return (host = '') => {
    const [, v6, name = ''] = HOST.exec(host.toLowerCase()) ?? []
    return v6 === undefined ? OWN_NAMES.includes(name) || name === own.toLowerCase() || isIPv4(name) : isIPv6(v6)
  }
}
