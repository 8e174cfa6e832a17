import { command, detailsOf, type Finding, type Step } from './change.ts'
import type { Desired } from './desired.ts'
import { extendGrant, findGrant, newGrant } from './grant.ts'
import type { Management } from './management.ts'

interface Client {
  readonly client_id: string
  readonly name: string
}

/** The members of a new machine client. */
export const MACHINE = { app_type: 'non_interactive', grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post' }

/** The application behind `npm run token`, and its grant. Its secret is neither read nor shown. */
export const machine: Step = async (tenant, desired) => {
  const { identifier, names, scopes } = desired
  const wanted = scopes.map(({ value }) => value)
  const { client, notices } = await find(tenant, desired)
  const what = `grant of the machine "${client?.name ?? names.machine}"`
  if (client !== undefined) {
    const found = await findGrant(tenant, identifier, { client_id: client.client_id }, 'client')
    return [...notices, ...found === undefined ? [newGrant(tenant, what, identifier, () => ({ client_id: client.client_id }), wanted, 'client')] : extendGrant(tenant, what, found, wanted)]
  }

  const known = { client_id: '' }
  const body = { name: names.machine, ...MACHINE }
  const creation: Finding = {
    action: 'create',
    what: `machine "${names.machine}" for npm run token`,
    details: detailsOf(MACHINE),
    async carryOut () {
      known.client_id = (await tenant.send<Client>('POST', 'clients', body)).client_id
      return [command('delete', `clients/${known.client_id}`)]
    }
  }
  return [...notices, creation, newGrant(tenant, what, identifier, () => ({ client_id: known.client_id }), wanted, 'client'),
    `For npm run token, set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET to those of the machine: Dashboard > Applications > ${names.machine} > Settings, or auth0 apps show --reveal-secrets.`]
}

async function find (tenant: Management, { machineId, names }: Desired): Promise<{ readonly client: Client | undefined, readonly notices: string[] }> {
  const client = machineId === undefined ? undefined : await tenant.get<Client>(`clients/${encodeURIComponent(machineId)}?fields=client_id,name&include_fields=true`)
  if (client !== undefined) return { client, notices: [] }
  const all = await tenant.list<Client>('clients?app_type=non_interactive&fields=client_id,name&include_fields=true', 'clients')
  const notices = machineId === undefined ? [] : [`AUTH0_CLIENT_ID is ${JSON.stringify(machineId)}, and the tenant has no such application.`]
  return { client: all.find(({ name }) => name === names.machine), notices }
}
