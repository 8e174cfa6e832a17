import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { bad, good, type Check } from './check.ts'

const TIMEOUT_MS = 5000
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** Whether the host of a URL can be reached: its name, a connection, TLS. Ends at the first fault, since the rest needs it. */
export async function checkReach (url: string, what: string, mend: string): Promise<Check[]> {
  const { hostname, port, protocol } = new URL(url)
  const isTls = protocol === 'https:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const number = Number(port) || DEFAULT_PORTS[protocol] as number

  const checks: Check[] = []
  const step = async (title: string, expected: string, advice: string, act: () => Promise<string>): Promise<boolean> => {
    const check = await act().then(found => good(title, found), (error: NodeJS.ErrnoException) => bad(title, String(error.code), expected, advice))
    checks.push(check)
    return check.ok
  }

  if (!await step(`name of ${what}`, `an address for ${host}`, mend, async () => (await lookup(host)).address)) return checks
  if (!await step(`connection to ${what}`, `a server that listens on port ${number} of ${host}`, `${mend} A firewall or a missing proxy setting can be in the way too.`, () => connected(connect({ host, port: number }), 'connect'))) return checks
  if (isTls) {
    const advice = `Use a certificate for ${host} that has not expired and that a public authority signed; a proxy that opens TLS needs NODE_EXTRA_CA_CERTS.`
    await step(`TLS of ${what}`, `a valid certificate for ${host}`, advice, () => connected(connectTls({ host, port: number, servername: host }), 'secureConnect'))
  }
  return checks
}

function connected (socket: ReturnType<typeof connect>, event: 'connect' | 'secureConnect'): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    socket.once('error', reject)
    socket.once(event, () => resolve('works'))
  }).finally(() => socket.destroy())
}
