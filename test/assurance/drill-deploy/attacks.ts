import { Agent } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import type { Issuer } from '../../../dev/issuer.ts'
import { post } from './raw-load.ts'

/** Opens connections that send their headers a byte at a time. */
export async function slowLoris (port: number, count: number): Promise<{ open: () => number, end: () => void }> {
  const sockets: TLSSocket[] = []
  for (let i = 0; i < count; i++) {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost' }, () => socket.write('POST /tools/mcp HTTP/1.1\r\nHost: lo'))
    socket.on('error', () => {})
    sockets.push(socket)
  }
  const drip = setInterval(() => sockets.forEach(socket => socket.writable && socket.write('a')), 500)
  return {
    open: () => sockets.filter(({ destroyed, encrypted }) => encrypted && !destroyed).length,
    end () {
      clearInterval(drip)
      for (const socket of sockets) socket.destroy()
    }
  }
}

/** Sends tokens with a bad signature, as fast as eight connections can. */
export async function badTokens (url: string, issuer: Issuer, ms: number): Promise<{ sent: number, statuses: Record<string, number> }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const [head, claims, signature = ''] = issuer.token().split('.')
  const statuses: Record<string, number> = {}
  let sent = 0
  const end = Date.now() + ms
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (Date.now() < end) {
      const forged = `${head}.${claims}.${String(sent++).padStart(8, 'A')}${signature.slice(8)}`
      const { status } = await post(agent, url, forged)
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }))
  agent.destroy()
  return { sent, statuses }
}
