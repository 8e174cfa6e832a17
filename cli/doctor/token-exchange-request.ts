import { randomUUID } from 'node:crypto'
import { ACCESS_TOKEN_TYPE, EXCHANGE_GRANT, type ExchangeClient } from '../../api/token-exchange.ts'
import { signJwt } from '../../dev/signing.ts'
import { causeIn } from '../access-token.ts'
import { fetchJson } from '../fetch-json.ts'
import type { Downstream } from '../tenant/downstream.ts'
import { inWords } from './check.ts'

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** Seconds. */
const LIFETIME = 60

/** An answer to an exchange, without the token that may be in it. */
export interface Exchanged {
  readonly status: number
  readonly isToken: boolean
  /** The scopes of the token, if they differ from what was asked. */
  readonly scope: string | undefined
  /** Status and error, in words. */
  readonly found: string
}

/** Sends the request that the server sends for a tool (RFC 8693), and shows the issuer's own words. */
export async function requestExchange (client: ExchangeClient, issuer: string, token: string, { audience, scopes }: Pick<Downstream, 'audience' | 'scopes'>): Promise<Exchanged> {
  const body = new URLSearchParams({
    grant_type: EXCHANGE_GRANT, ...authentication(client, issuer), subject_token: token, subject_token_type: ACCESS_TOKEN_TYPE, requested_token_type: ACCESS_TOKEN_TYPE, audience, scope: scopes.join(' ')
  })
  const { status, document } = await fetchJson(`${issuer}oauth/token`, { method: 'POST', body })
  const { access_token: exchanged, scope, error, error_description: description } = document
  const words = causeIn(error, description)
  return {
    status,
    isToken: status === 200 && typeof exchanged === 'string',
    scope: typeof scope === 'string' ? scope : undefined,
    found: `status ${status}${words === '' ? '' : `, ${words}`}${typeof scope === 'string' ? `, scope ${inWords(scope)}` : ''}`
  }
}

function authentication ({ clientId, credentials }: ExchangeClient, issuer: string): Record<string, string> {
  if ('secret' in credentials) return { client_id: clientId, client_secret: credentials.secret }
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat, exp: iat + LIFETIME }
  return { client_id: clientId, client_assertion_type: ASSERTION, client_assertion: signJwt({ alg: 'RS256', typ: 'JWT' }, claims, credentials.key) }
}
