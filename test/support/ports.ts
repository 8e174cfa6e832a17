import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A free port whose successor is free too. No system hands out ports of this range by itself, so both stay free. */
export async function freePort (): Promise<number> {
  const port = randomInt(10_000, 32_000)
  return await isFree(port) && await isFree(port + 1) ? port : freePort()
}

async function isFree (port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
