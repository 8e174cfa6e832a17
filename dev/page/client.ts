import type { ClientMetadata } from 'oidc-provider'
import type { Config } from '../../config.ts'

/** The client id of the page. It has no secret: a page could not keep one. */
export const PAGE_CLIENT_ID = 'dev-page'

/**
 * The page as a client of the development issuer, as an administrator registers one by hand. A client that registers
 * itself would never learn of a denied consent, because the issuer keeps the errors of those clients to itself.
 */
export function pageClient ({ resourceUrl, port }: Pick<Config, 'resourceUrl' | 'port'>): ClientMetadata {
  const origins = new Set([new URL(resourceUrl).origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`])
  return {
    client_id: PAGE_CLIENT_ID,
    client_name: 'Landing page',
    redirect_uris: [...origins].map(origin => `${origin}/`),
    grant_types: ['authorization_code'],
    response_types: ['code']
  }
}
