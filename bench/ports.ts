import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port on loopback that nothing listens on. */
export async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')

  if (address === null || typeof address === 'string') throw new Error('No port is free')
  return address.port
}

/** Whether nothing listens on this port. */
export async function isFree (port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}
