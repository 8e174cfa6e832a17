import { listApis } from './api.ts'
import { command, detailsOf, missing, patch, type Finding, type Step } from './change.ts'
import type { Desired } from './desired.ts'
import type { Downstream } from './downstream.ts'
import { extendGrant, findGrant, newGrant } from './grant.ts'
import type { Management } from './management.ts'

interface Client {
  readonly client_id: string
  readonly name: string
  readonly resource_server_identifier?: string
  readonly token_exchange?: { readonly allow_any_profile_of_type?: readonly string[] } | null
}

const PROFILE = 'on_behalf_of_token_exchange'
const FIELDS = 'fields=client_id,name,resource_server_identifier,token_exchange&include_fields=true'

/** Members of a new application that exchanges tokens. It belongs to one API, which is fixed when it is made. */
export const EXCHANGE = { app_type: 'resource_server', token_exchange: { allow_any_profile_of_type: [PROFILE] } }

/**
 * The application that exchanges tokens of users, and its user grant for each API that tools call. Nothing if no tool
 * calls one. Its secret is neither read nor shown. The other APIs are reported, never changed.
 */
export const exchange: Step = async (tenant, desired) => {
  if (desired.downstream.length === 0) return []
  const { client, notices } = await find(tenant, desired)
  // A grant needs the id, which a new application gets when it is made.
  const known = { client_id: client?.client_id ?? '' }
  const findings: Finding[] = [...notices, ...client === undefined ? [creation(tenant, desired, known)] : allowed(tenant, client)]

  const apis = await listApis(tenant)
  for (const downstream of desired.downstream) {
    const api = apis.find(({ identifier }) => identifier === downstream.audience)
    findings.push(...obstacles(downstream, api))
    const held = (api?.scopes ?? []).map(({ value }) => value)
    const wanted = downstream.scopes.filter(scope => held.includes(scope))
    if (wanted.length > 0) findings.push(...await grant(tenant, downstream.audience, wanted, known))
  }
  return findings
}

async function find (tenant: Management, { identifier, exchangeId, names }: Desired): Promise<{ readonly client: Client | undefined, readonly notices: string[] }> {
  const named = exchangeId === undefined ? undefined : await tenant.get<Client>(`clients/${encodeURIComponent(exchangeId)}?${FIELDS}`)
  if (named?.resource_server_identifier === identifier) return { client: named, notices: [] }

  const all = await tenant.list<Client>(`clients?app_type=${EXCHANGE.app_type}&${FIELDS}`, 'clients')
  // An API has one application at most.
  const client = all.find(({ resource_server_identifier: owner }) => owner === identifier)
  const { name } = client ?? { name: names.exchange }
  const wrong = named === undefined ? 'and the tenant has no such application' : `the application "${named.name}", which does not belong to the API ${identifier} and cannot be given to it`
  return {
    client,
    notices: [
      ...exchangeId === undefined ? [] : [`OBO_CLIENT_ID is ${JSON.stringify(exchangeId)}, ${wrong}.`],
      `For tools that call an API as the user, set OBO_CLIENT_ID and OBO_CLIENT_SECRET to those of the application "${name}": Dashboard > Applications > ${name} > Settings, or auth0 apps show --reveal-secrets. OBO_PRIVATE_KEY_FILE is for an application that authenticates with a key.`
    ]
  }
}

function creation (tenant: Management, { identifier, names }: Desired, known: { client_id: string }): Finding {
  const members = { ...EXCHANGE, resource_server_identifier: identifier }
  return {
    action: 'create',
    what: `application "${names.exchange}", which exchanges tokens of users`,
    details: detailsOf(members),
    async carryOut () {
      known.client_id = (await tenant.send<Client>('POST', 'clients', { name: names.exchange, ...members })).client_id
      return [command('delete', `clients/${known.client_id}`)]
    }
  }
}

/** The switch that allows the exchange. Other profiles stay. */
function allowed (tenant: Management, { client_id: id, name, token_exchange: found = null }: Client): Finding[] {
  const profiles = found?.allow_any_profile_of_type ?? []
  if (profiles.includes(PROFILE)) return []
  return patch(tenant, `application "${name}", which exchanges tokens of users`, `clients/${id}`, { token_exchange: found }, { token_exchange: { ...found, allow_any_profile_of_type: [...profiles, PROFILE] } })
}

async function grant (tenant: Management, audience: string, wanted: readonly string[], known: { readonly client_id: string }): Promise<Finding[]> {
  const what = `user grant of the exchanging application for the API ${audience}`
  const found = known.client_id === '' ? undefined : await findGrant(tenant, audience, { client_id: known.client_id }, 'user')
  return found === undefined ? [newGrant(tenant, what, audience, () => ({ client_id: known.client_id }), wanted, 'user')] : extendGrant(tenant, what, found, wanted)
}

/** Faults that only the owner of the other API can correct. */
function obstacles ({ audience, scopes, tools }: Downstream, api: Awaited<ReturnType<typeof listApis>>[number] | undefined): string[] {
  const callers = `tools: ${tools.join(', ')}`
  if (api === undefined) return [`The tenant has no API ${audience} (${callers}). Make it, or correct "api.audience" of the tool.`]
  const lacking = missing((api.scopes ?? []).map(({ value }) => value), scopes)
  return [
    ...lacking.length === 0 ? [] : [`The API ${audience} has no permission ${lacking.join(', ')} (${callers}). Its owner has to add it: Dashboard > Applications > APIs > the API > Permissions.`],
    ...api['skip_consent_for_verifiable_first_party_clients'] === true ? [] : [`The API ${audience} asks users for consent, and nobody can answer during an exchange. Its owner has to allow skipping it: auth0 api patch resource-servers/${api.id} --data '{"skip_consent_for_verifiable_first_party_clients":true}'`]
  ]
}
