import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { buildApp, type App, type AppOptions } from '../app.ts'
import { loadConfig } from '../config.ts'
import { startAuthority } from '../dev/authority.ts'
import type { Issuer } from '../dev/issuer.ts'
import whoami from '../tools/whoami.ts'
import type { Test } from './helper.ts'

export interface Served {
  /** All that a client is given. */
  readonly url: string
  readonly app: App
  readonly authority: Issuer
}

export interface ServeOptions extends Omit<Partial<AppOptions>, 'config'> {
  /** Environment variables, above what is needed. */
  readonly env?: Record<string, string>
}

/** The server and what stands in for Auth0, both listening on loopback as `npm run dev` has them. */
export async function serve (t: Test, { env = {}, tools = [whoami], ...options }: ServeOptions = {}): Promise<Served> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const scopes = [...new Set(tools.flatMap(tool => tool.scopes))]
  const authority = await startAuthority({ audience: url, scopes })
  t.teardown(() => authority.close())

  const app = await buildApp({ config: loadConfig({ AUTH0_DOMAIN: authority.url, PORT: String(port), ...env }), tools, ...options })
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  await app.listen({ host: '127.0.0.1', port })
  return { url, app, authority }
}

/** A port that is free, as the next one is. Of those that no system hands out by itself, so that it stays free. */
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
