import { buildApp, type App, type AppOptions } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { startAuthority } from '../../dev/authority.ts'
import type { Issuer } from '../../dev/issuer.ts'
import { makePair } from '../../dev/signing.ts'
import type { Tenant } from '../../dev/provider/tenant.ts'
import { memoryState } from '../../dev/state.ts'
import { scopesOf } from '../../mcp/tool.ts'
import whoami from '../../tools/whoami.ts'
import type { Test } from '../support/build.ts'
import { NEVER_OVERLOADED } from '../support/never-overloaded.ts'
import { freePort } from '../support/ports.ts'

/** The running server and its issuer. */
export interface Served {
  /** The URL of the endpoint, the only thing that a client is told. */
  readonly url: string
  readonly app: App
  readonly authority: Issuer
}

/** How server and issuer differ from the usual ones. */
export interface ServeOptions extends Omit<Partial<AppOptions>, 'config'> {
  /** Environment variables, in addition to the necessary ones. */
  readonly env?: Record<string, string>
  /** Settings that differ from those of a tenant at which every client can log in. */
  readonly tenant?: Partial<Tenant>
}

// Making a key pair takes a few hundred milliseconds, so the issuers of a process share one.
const pair = makePair()

/** The server and the development issuer, both on loopback, as `npm run dev` starts them. */
export async function serve (t: Test, { env = {}, tools = [whoami], tenant, ...options }: ServeOptions = {}): Promise<Served> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const scopes = scopesOf(...tools)
  const authority = await startAuthority({ audience: url, scopes, tenant }, memoryState(pair))
  t.teardown(() => authority.close())

  const app = await buildApp({ config: loadConfig({ AUTH0_DOMAIN: authority.url, PORT: String(port), ...env }), tools, overload: NEVER_OVERLOADED, ...options })
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  await app.listen({ host: '127.0.0.1', port })
  return { url, app, authority }
}
