import { isIPv4, isIPv6 } from 'node:net'

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/
// Containers of Docker and Podman reach this machine under these names. No public name can end in `internal`.
const OWN_NAMES = ['localhost', 'host.docker.internal', 'host.containers.internal']
const HOST = /^(?:\[([^\]]*)\]|([^:]*?)\.?)(?::\d{1,5})?$/

/**
 * Which `Host` headers a listener answers. A web page in a browser of this machine could point a name of its own to a
 * loopback address (DNS rebinding), ask under that name, and read the answer. So a listener on a loopback address
 * answers only for addresses and for the names of this machine. On any other address every name is accepted.
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
