import type { Step } from './change.ts'
import { extendGrant, findGrant, newGrant } from './grant.ts'

/** The default grant: third-party applications, as MCP clients are, may ask for the scopes of the tools. */
export const defaultGrant: Step = async (tenant, { identifier, scopes }) => {
  const what = 'default grant of third-party applications'
  const holder = { default_for: 'third_party_clients' } as const
  const wanted = scopes.map(({ value }) => value)
  const found = await findGrant(tenant, identifier, holder, 'user')
  return found === undefined ? [newGrant(tenant, what, identifier, () => holder, wanted, 'user')] : extendGrant(tenant, what, found, wanted)
}
