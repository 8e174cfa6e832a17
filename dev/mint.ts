import type { RequestListener } from 'node:http'
import { bodyOf, type AnsweredError } from './body.ts'
import type { Issuer } from './issuer.ts'
import type { Claims } from './signing.ts'

/** The body of a request for a token. A value of null removes a claim or a header member. */
export interface MintRequest {
  readonly claims: Claims
  readonly header: Claims
}

/** The path at which `npm run token` gets its tokens. */
export const MINT_PATH = '/dev/token'

/**
 * Gives `npm run token` tokens of any shape. A page in a browser gets none, since it can be of any site.
 * @param otherwise answers every other request
 */
export function mintTokens (issuer: Issuer, otherwise: RequestListener): RequestListener {
  return async (request, response) => {
    if (request.url !== MINT_PATH) return otherwise(request, response)
    if (request.method !== 'POST' || request.headers.origin !== undefined) {
      response.writeHead(403).end()
      return
    }
    try {
      const { claims = {}, header = {} } = JSON.parse(await bodyOf(request)) as Partial<MintRequest>
      response.end(issuer.token(withoutNulls(claims), { header: withoutNulls(header) }))
    } catch (error) {
      const { status = 400, headers } = error as Partial<AnsweredError>
      response.writeHead(status, headers).end()
    }
  }
}

// JSON has no undefined, so null stands for it.
function withoutNulls (members: Claims): Claims {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value ?? undefined]))
}
