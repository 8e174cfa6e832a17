import { command, patch, type Finding, type Members, type Step } from './change.ts'
import type { Desired } from './desired.ts'
import { extendGrant, findGrant } from './grant.ts'
import type { Management } from './management.ts'
import type { McpClient } from './mcp-clients.ts'
import { SETTINGS } from './settings.ts'

interface Import {
  readonly client_id?: string
  readonly validation?: { readonly valid?: boolean, readonly violations?: readonly unknown[] }
}

const FLAG = 'client_id_metadata_document_supported'

/** Imports the metadata documents of the clients, and only then tells clients that they may use theirs (CIMD). */
export const clients: Step = async (tenant, desired) => {
  const findings: Finding[] = []
  for (const client of desired.requested.clients) findings.push(...await importOf(tenant, desired, client))

  const found = await tenant.get<Members>(`${SETTINGS}?fields=${FLAG}&include_fields=true`) ?? {}
  const isOn = found[FLAG] ?? false
  if (desired.requested.clients.length > 0) return [...findings, ...patch(tenant, 'tenant settings: clients may use their metadata documents (CIMD)', SETTINGS, { [FLAG]: isOn }, { [FLAG]: true })]
  return isOn === true ? ['The tenant tells clients to use their metadata documents (CIMD). A client whose document is not imported cannot log in: import it with --client.'] : findings
}

async function importOf (tenant: Management, { identifier, scopes }: Desired, { name, url, advice }: McpClient): Promise<Finding[]> {
  const hint = advice === undefined ? [] : [`${advice}.`]
  const [found] = await tenant.list<{ readonly client_id: string }>(`clients?external_client_id=${encodeURIComponent(url)}&fields=client_id,name&include_fields=true`, 'clients')
  if (found !== undefined) {
    // A grant of its own overrules the default grant.
    const own = await findGrant(tenant, identifier, { client_id: found.client_id }, 'user')
    return [...own === undefined ? [] : extendGrant(tenant, `grant of the client ${name}`, own, scopes.map(({ value }) => value)), ...hint]
  }
  return [{
    action: 'create',
    what: `client ${name}`,
    details: [`metadata document: ${url}`],
    async carryOut () {
      const { client_id: id, validation } = await tenant.send<Import>('POST', 'clients/cimd/register', { external_client_id: url })
      if (validation?.valid === false) throw new Error(`Auth0 does not accept the document of ${name}: ${JSON.stringify(validation.violations)}`)
      return [command('delete', `clients/${id}`)]
    }
  }, ...hint]
}
