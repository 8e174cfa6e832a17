import type { App } from '../../../app.ts'
import { loadConfig } from '../../../config.ts'
import { buildDevelopmentApp } from '../../../dev/app.ts'
import { startAuthority } from '../../../dev/authority.ts'
import type { Issuer } from '../../../dev/issuer.ts'
import { pageClient } from '../../../dev/page/client.ts'
import { scopesOf } from '../../../mcp/tool.ts'
import whoami from '../../../tools/whoami.ts'
import type { Test } from '../../support/build.ts'
import { freePort } from '../../support/ports.ts'

/** The server and the issuer of `npm run dev`, in this process. */
export interface Development {
  /** The origin of the page, without a slash at its end. */
  readonly origin: string
  readonly app: App
  readonly authority: Issuer
}

/** The server and the development issuer as `npm run dev` starts them, on free ports. */
export async function startDevelopment (t: Test): Promise<Development> {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const resourceUrl = `${origin}/mcp`
  const authority = await startAuthority({ audience: resourceUrl, scopes: scopesOf(whoami), tenant: { clients: [pageClient({ resourceUrl, port })] } })
  t.teardown(() => authority.close())
  const app = await buildDevelopmentApp({ config: loadConfig({ AUTH0_DOMAIN: authority.url, PORT: String(port) }), tools: [whoami] }, authority.url)
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  await app.listen({ host: '127.0.0.1', port })
  return { origin, app, authority }
}
