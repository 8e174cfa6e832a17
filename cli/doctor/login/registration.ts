import { good, type Check } from '../check.ts'
import { fetchJson, type JsonAnswer } from '../../fetch-json.ts'
import { refused } from './causes.ts'

/**
 * Registers a client (RFC 7591), as MCP clients without an id do.
 * @param redirect its callback URL
 * @param note takes the check of the answer
 * @returns the id of the client; undefined if the issuer refuses
 */
export async function register (metadata: JsonAnswer['document'], redirect: string, note: (check: Check) => void): Promise<string | undefined> {
  const body = JSON.stringify({ client_name: 'Doctor', redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'none' })
  const answer = await fetchJson(String(metadata['registration_endpoint']), { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { client_id: id } = answer.document
  const isRegistered = typeof id === 'string'
  note(isRegistered ? good('login-registration', 'registration', `client ${id}`) : refused('login-registration', 'registration', answer, 'status 201 and a client_id'))
  return isRegistered ? id : undefined
}
