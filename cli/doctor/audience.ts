import type { Config } from '../../config.ts'
import { bad, good, inWords, type Check } from './check.ts'

/** MCP clients ask for a token for the URL of the endpoint (RFC 8707). */
export function checkAudience ({ resourceUrl, claims: { audiences } }: Config): Check[] {
  const title = 'AUTH0_AUDIENCE holds MCP_RESOURCE_URL'
  if (audiences.includes(resourceUrl)) return [good('audience', title, resourceUrl)]
  return [bad('audience', title, inWords(audiences), resourceUrl, `Clients ask for tokens for ${resourceUrl}: add it to AUTH0_AUDIENCE, or leave AUTH0_AUDIENCE out, and make it the identifier of an API: auth0 apis create --identifier ${resourceUrl} (Dashboard > Applications > APIs > Create API).`)]
}
