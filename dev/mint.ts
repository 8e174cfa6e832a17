import type { IncomingMessage, RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Claims, Issuer } from './issuer.ts'

/** What `npm run token` asks the development issuer for. */
export interface MintRequest {
  readonly claims: Claims
  readonly header: Claims
}

export const MINT_PATH = '/dev/token'

/**
 * Hands out tokens of any shape, for trying things out. A page in a browser gets none: it could be anybody's.
 * @param otherwise answers every other request
 */
export function mintTokens (issuer: Issuer, otherwise: RequestListener): RequestListener {
  return async (request, response) => {
    if (request.url !== MINT_PATH) return otherwise(request, response)
    if (request.method !== 'POST' || request.headers.origin !== undefined || !isLocal(request)) {
      response.writeHead(403).end()
      return
    }
    try {
      const { claims = {}, header = {} } = JSON.parse(await text(request)) as Partial<MintRequest>
      response.end(issuer.token(withoutNulls(claims), { header: withoutNulls(header) }))
    } catch {
      response.writeHead(400).end()
    }
  }
}

function isLocal ({ headers: { host = '' } }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host)
}

// JSON has no undefined; null stands for "leave this member out".
function withoutNulls (members: Claims): Claims {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value ?? undefined]))
}
