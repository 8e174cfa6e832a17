import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'

/** The running API. */
export interface OrdersApi {
  readonly url: string
  close (): Promise<void>
}

/**
 * An API like any other that Auth0 protects: it knows nothing of MCP, and takes no tokens but its own.
 * @param issuer with its trailing slash
 * @param port 0: any free one
 */
export async function startOrdersApi (issuer: string, audience: string, port: number): Promise<OrdersApi> {
  const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer))

  const server = createServer(async ({ headers: { authorization = '' } }, response) => {
    const verified = await jwtVerify(authorization.replace(/^Bearer /, ''), keys, { issuer, audience }).catch(() => undefined)
    if (verified === undefined) return answer(response, 401, 'Bearer error="invalid_token"')
    const { sub = '', scope } = verified.payload
    if (!String(scope).split(' ').includes('read:orders')) return answer(response, 403, 'Bearer error="insufficient_scope", scope="read:orders"')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ orders: [{ id: `${sub}-1`, item: 'A cup of tea' }] }))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

function answer (response: ServerResponse, status: number, challenge: string): void {
  response.writeHead(status, { 'www-authenticate': challenge }).end()
}
