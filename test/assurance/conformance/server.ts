import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildApp } from '../../../app.ts'
import { loadConfig } from '../../../config.ts'
import { startIssuer } from '../../../dev/issuer.ts'
import { scopesOf } from '../../../mcp/tool.ts'
import whoami from '../../../tools/whoami.ts'
import { NEVER_OVERLOADED } from '../../support/never-overloaded.ts'
import { askingTools } from '../../support/tools/asking.ts'
import { contentTools } from '../../support/tools/content.ts'

/** The real server under test, on loopback. */
export interface Target {
  readonly url: string
  /** The revisions that requests named in their header. */
  readonly spoken: ReadonlySet<string | string[] | undefined>
  close (): Promise<void>
}

const AUDIENCE = 'http://localhost:3000/mcp'

/**
 * Starts the app with `whoami` first and the fixtures after it, in front of a real issuer. The suite cannot send
 * a token, so the HTTP server adds one to requests that have none. Everything behind it is the real server.
 */
export async function startTarget (): Promise<Target> {
  const all = [whoami, ...contentTools, ...askingTools]
  const issuer = await startIssuer({ audience: AUDIENCE, scopes: scopesOf(...all) })
  const authorization = `Bearer ${issuer.token()}`
  const spoken = new Set<string | string[] | undefined>()

  const app = await buildApp({
    config: loadConfig({ AUTH0_DOMAIN: issuer.url, AUTH0_AUDIENCE: AUDIENCE, RATE_LIMIT_MAX: 'off', REFUSAL_LIMIT_MAX: 'off' }),
    tools: all,
    overload: NEVER_OVERLOADED,
    serverFactory: handler => createServer((request, response) => {
      request.headers.authorization ??= authorization
      spoken.add(request.headers['mcp-protocol-version'])
      handler(request, response)
    })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })

  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/mcp`,
    spoken,
    async close () {
      await app.close()
      await issuer.close()
    }
  }
}
