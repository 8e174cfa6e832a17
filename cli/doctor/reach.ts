import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { bad, good, type Check, type CheckId } from './check.ts'

const TIMEOUT_MS = 5000
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** What to do about a certificate, by the code of the error that OpenSSL or Node gives. */
const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Renew the certificate, and reload the server that presents it; the clock of this host can be wrong too.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Clients accept no self-signed certificate: use one of a public authority, such as Let\'s Encrypt.',
  SELF_SIGNED_CERT_IN_CHAIN: 'A proxy that opens TLS presents a certificate of its own: give its authority to this host by NODE_EXTRA_CA_CERTS.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The server must send the intermediate certificates too (fullchain.pem); for an authority of your own, set NODE_EXTRA_CA_CERTS.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another host: get one that lists this name, or use the name that it lists.'
}

/** @internal For tests. */
export interface ReachOptions {
  /** The authorities that are trusted, in PEM. Default: those of Node. */
  readonly ca?: string | undefined
}

/**
 * Whether the host of a URL can be reached: its name, a connection, TLS. Ends at the first fault, since the rest needs it.
 * @param side whose host it is; the ids of the checks begin with it
 */
export async function checkReach (side: 'issuer' | 'server', url: string, mend: string, { ca }: ReachOptions = {}): Promise<Check[]> {
  const { hostname, port, protocol } = new URL(url)
  const isTls = protocol === 'https:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const number = Number(port) || DEFAULT_PORTS[protocol] as number

  const checks: Check[] = []
  const step = async (part: 'dns' | 'connection' | 'tls', title: string, expected: string, advice: string, act: () => Promise<string>): Promise<boolean> => {
    const id: CheckId = `${side}-${part}`
    const check = await act().then(found => good(id, title, found), (error: NodeJS.ErrnoException) => bad(id, title, ...faultOf(error, part, expected, advice)))
    checks.push(check)
    return check.ok
  }

  if (!await step('dns', `name of ${url}`, `an address for ${host}`, mend, async () => (await lookup(host)).address)) return checks
  if (!await step('connection', `connection to ${url}`, `a server that listens on port ${number} of ${host}`, `${mend} A firewall or a missing proxy setting can be in the way too.`, () => connected(connect({ host, port: number }), 'connect'))) return checks
  if (isTls) {
    const advice = `Use a certificate for ${host} that has not expired and that a public authority signed; a proxy that opens TLS needs NODE_EXTRA_CA_CERTS.`
    await step('tls', `TLS of ${url}`, `a valid certificate for ${host}`, advice, () => connected(connectTls({ host, port: number, servername: host, ca }), 'secureConnect'))
  }
  return checks
}

/** The message of a TLS error says more than its code. Other messages only repeat the code. */
function faultOf ({ code, message }: NodeJS.ErrnoException, part: string, expected: string, advice: string): [found: string, expected: string, mend: string] {
  return part === 'tls' ? [`${code}: ${message}`, expected, CERTIFICATES[String(code)] ?? advice] : [String(code), expected, advice]
}

function connected (socket: ReturnType<typeof connect>, event: 'connect' | 'secureConnect'): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    socket.once('error', reject)
    socket.once(event, () => resolve('works'))
  }).finally(() => socket.destroy())
}
