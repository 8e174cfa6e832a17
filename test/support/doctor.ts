import { once } from 'node:events'
import { createServer, request as ask, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildApp } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { startIssuer, type Issuer } from '../../dev/issuer.ts'
import { makePair } from '../../dev/signing.ts'
import { scopesOf } from '../../mcp/tool.ts'
import { tools } from '../../tools/index.ts'
import type { Test } from './build.ts'
import { NEVER_OVERLOADED } from './never-overloaded.ts'

/** What is wrong with a set-up. */
export interface Fault {
  /** Settings of the doctor alone, which the server does not share. */
  readonly settings?: (port: number, issuer: Issuer) => Record<string, string>
  /** Members of the discovery document. */
  readonly discovery?: Record<string, unknown>
  /** Answers for the issuer, except for its keys. */
  readonly issuer?: RequestListener
  /** Answers for the key set. */
  readonly keys?: RequestListener
  /** Answers in place of the proxy: true if it did. */
  readonly proxy?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Gives the doctor a machine, whose tokens the issuer grants. */
  readonly machine?: boolean
  /** Changes the headers of an answer. */
  readonly headers?: (headers: IncomingHttpHeaders) => IncomingHttpHeaders
}

/** The scopes of all tools: the doctor asks for them, and a project has tools of its own. */
export const SCOPES = scopesOf(...tools)

const pair = makePair()

/** Starts an issuer and a server behind a proxy, with one fault. Returns the environment of the doctor. */
export async function setUp (t: Test, { settings, discovery, issuer: otherwise, keys, machine = false, proxy = () => false, headers = same => same }: Fault): Promise<Record<string, string>> {
  const front = createServer((request, response) => { if (!proxy(request, response)) forward(request, response) })
  const port = await listen(t, front)
  const resource = `http://localhost:${port}/mcp`
  const issuer = await startIssuer({ audience: resource, scopes: [] }, pair)
  t.teardown(() => issuer.close())
  issuer.answer = keys
  issuer.otherwise = otherwise ?? ((request, response) => response.end(JSON.stringify(request.url === '/oauth/token'
    ? { access_token: issuer.token({ scope: SCOPES.join(' ') }) }
    : {
        issuer: issuer.url, code_challenge_methods_supported: ['S256'], response_types_supported: ['code'], registration_endpoint: `${issuer.url}oidc/register`, ...discovery
      })))

  const env = { AUTH0_DOMAIN: issuer.url, MCP_RESOURCE_URL: resource }
  const app = await buildApp({ config: loadConfig(env), overload: NEVER_OVERLOADED })
  t.teardown(() => app.close())
  const back = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))

  function forward (request: IncomingMessage, response: ServerResponse): void {
    const onward = ask({ port: back.port, host: back.hostname, method: request.method, path: request.url, headers: request.headers }, answer => {
      response.writeHead(answer.statusCode as number, headers(answer.headers))
      answer.pipe(response)
    })
    request.pipe(onward)
  }
  return { ...env, ...machine && { AUTH0_CLIENT_ID: 'machine', AUTH0_CLIENT_SECRET: 'secret' }, ...settings?.(port, issuer) }
}

async function listen (t: Test, server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
