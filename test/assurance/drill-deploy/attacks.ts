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

/** Calls as fast as eight connections can. Gives how often each status came. */
export async function flood (url: string, ms: number, token: (turn: number) => string): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const statuses: Record<string, number> = {}
  let turn = 0
  const end = Date.now() + ms
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (Date.now() < end) {
      const { status } = await post(agent, url, token(turn++))
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }))
  agent.destroy()
  return statuses
}

/** Tokens with a good form and a bad signature, each another. */
export function badTokens (issuer: Issuer): (turn: number) => string {
  const [head, claims, signature = ''] = issuer.token().split('.')
  return turn => `${head}.${claims}.${String(turn).padStart(8, 'A')}${signature.slice(8)}`
}
