import { EXCHANGE_GRANT, type ExchangeClient } from '../../api/token-exchange.ts'
import { toCaller } from '../../auth/caller.ts'
import { decodeJws } from '../../auth/jws.ts'
import { hasUser } from '../../auth/kind.ts'
import type { Config } from '../../config.ts'
import type { Tool } from '../../mcp/tool.ts'
import type { Env } from '../../process/settings.ts'
import { server } from '../../tools/index.ts'
import { fetchJson } from '../fetch-json.ts'
import { accessOf, hasCredentials, MANAGEMENT_VARIABLES } from '../tenant/authentication.ts'
import { desiredState } from '../tenant/desired.ts'
import { downstreamOf, type Downstream } from '../tenant/downstream.ts'
import { exchange } from '../tenant/token-exchange.ts'
import { createManagement } from '../tenant/management.ts'
import { attempt } from './attempt.ts'
import { bad, good, type Check } from './check.ts'
import { requestExchange } from './token-exchange-request.ts'
import { OWNERS } from './token-kind.ts'

const TITLE = 'the application that exchanges tokens'
const APPLY = 'npm run tenant -- apply'
const CREDENTIALS = `Correct OBO_CLIENT_ID, and OBO_CLIENT_SECRET or OBO_PRIVATE_KEY_FILE: auth0 apps show CLIENT_ID --reveal-secrets (Dashboard > Applications > your application). ${APPLY} makes the application.`
const NOT_ALLOWED = `Let the application exchange tokens, and give it a user grant for the API: ${APPLY} (docs/auth0.md, section 6).`
const NOTHING_REQUESTED = { clients: [], registration: false, connection: undefined, users: [] }

/** Checks, without a token of a user, whether tools can call APIs as the user. Nothing if no tool calls one. */
export async function checkExchangeSetUp (env: Env, config: Config, tools: readonly Tool[], isDevelopment: boolean): Promise<Check[]> {
  const downstream = downstreamOf(tools)
  const [first] = downstream
  if (first === undefined) return []
  const { exchangeClient: client } = config
  const names = downstream.flatMap(({ tools }) => tools).join(', ')
  const make = isDevelopment ? 'Start the example with "npm run dev -- --example", or make the application' : 'Make the application'
  const isSet = client === undefined
    ? bad('exchange-client', TITLE, 'OBO_CLIENT_ID is not set', 'OBO_CLIENT_ID, with OBO_CLIENT_SECRET or OBO_PRIVATE_KEY_FILE', `These tools cannot call their API: ${names}. ${make}: ${APPLY}; then set its id and secret.`)
    : good('exchange-client', TITLE, `OBO_CLIENT_ID ${client.clientId}, for ${names}`)
  return [
    isSet,
    ...client === undefined ? [] : await Promise.all(config.issuers.map(issuer => checkCredentials(client, issuer, first))),
    ...isDevelopment ? [] : [await checkTenant(env, config, tools)]
  ]
}

/** Exchanges the token of a user, as the server does for a tool. It goes to the issuer that made it and nowhere else. */
export async function checkExchange (token: string, { exchangeClient: client, scopeClaims }: Config, tools: readonly Tool[]): Promise<Check[]> {
  const downstream = downstreamOf(tools)
  if (client === undefined || downstream.length === 0) return []
  const caller = toCaller(decodeJws(token).payload, scopeClaims)
  return Promise.all(downstream.map(async api => {
    const title = `exchange for ${api.audience}`
    if (!hasUser(caller.kind)) return good('exchange', title, `not tried, since this token is one of ${OWNERS[caller.kind]}, and has no user`)
    const expected = `status 200 and a token with ${api.scopes.join(' ')}`
    return attempt('exchange', title, expected, `${NOT_ALLOWED} The user needs the permissions by a role, and an organization of the token must have the user.`, async () => {
      const { isToken, scope, found } = await requestExchange(client, caller.issuer, token, api)
      const granted = scope?.split(' ') ?? api.scopes
      return [found, isToken && api.scopes.every(name => granted.includes(name))]
    })
  }))
}

/** Sends a word in place of a token. The issuer authenticates the application before it refuses the word. */
async function checkCredentials (client: ExchangeClient, issuer: string, api: Downstream): Promise<Check> {
  const title = `${TITLE}, at ${issuer}`
  const expected = 'a refusal of the probe, and not of the application'
  const answer = await requestExchange(client, issuer, 'doctor-probe', api).catch((error: Error) => error)
  if (answer instanceof Error) return bad('exchange-credentials', title, answer.message, expected, CREDENTIALS)
  if (/invalid_client|access_denied: Unauthorized/.test(answer.found)) return bad('exchange-credentials', title, answer.found, expected, CREDENTIALS)
  if (answer.status === 403 || /unauthorized_client|grant type is not allowed/i.test(answer.found)) return bad('exchange-credentials', title, answer.found, expected, NOT_ALLOWED)
  if (answer.status !== 400 && answer.status !== 401) return bad('exchange-credentials', title, answer.found, expected, 'Look at Dashboard > Monitoring > Logs, and try again later.')
  return good('exchange-credentials', title, `known; the probe was refused as it should be (${answer.found}); its metadata ${await isListed(issuer) ? 'lists' : 'does not list'} the exchange`)
}

// Auth0 need not list the grant, so its absence is no fault.
async function isListed (issuer: string): Promise<boolean> {
  const { document } = await fetchJson(`${issuer}.well-known/openid-configuration`)
  return [document['grant_types_supported']].flat().includes(EXCHANGE_GRANT)
}

/** Compares application, grants and permissions in the tenant with what the tools need, as "npm run tenant" does. */
async function checkTenant (env: Env, config: Config, tools: readonly Tool[]): Promise<Check> {
  const title = 'application, grants and permissions for the exchange in the tenant'
  if (!hasCredentials(env)) return good('exchange-drift', title, `not checked, since that needs ${MANAGEMENT_VARIABLES}; "npm run tenant" checks it with the session of the Auth0 CLI`)
  return attempt('exchange-drift', title, 'nothing to change', `Make the changes (${APPLY}), and let the owner of an API that is named change it. If the Management API refused, correct ${MANAGEMENT_VARIABLES}.`, async () => {
    const tenant = createManagement(await accessOf(env, config.issuers[0] as string).connect())
    const findings = await exchange(tenant, desiredState(tools, server, config, undefined, NOTHING_REQUESTED))
    return [findings.map(finding => typeof finding === 'string' ? finding : `${finding.action} ${finding.what}`).join(' ') || 'as the tools need it', findings.length === 0]
  })
}
