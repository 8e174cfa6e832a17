import { patch, type Step } from './change.ts'

interface Connection {
  readonly id: string
  readonly name: string
  readonly display_name?: string
  readonly is_domain_connection?: boolean
}

/** The database that Auth0 gives to every new tenant. */
export const USUAL_CONNECTION = 'Username-Password-Authentication'

/** A connection at domain level, since third-party applications can log in with no other. */
export const connection: Step = async (tenant, { requested: { connection: chosen } }) => {
  const all = await tenant.walk<Connection>('connections?fields=id,name,display_name,is_domain_connection&include_fields=true', 'connections')
  if (chosen === undefined && all.some(({ is_domain_connection: isDomain }) => isDomain === true)) return []

  const found = all.find(({ name }) => name === (chosen ?? USUAL_CONNECTION)) ?? (chosen === undefined && all.length === 1 ? all[0] : undefined)
  if (found === undefined) {
    const names = all.map(({ name }) => name).join(', ')
    return [`${chosen === undefined ? 'No connection is at domain level' : `The tenant has no connection ${JSON.stringify(chosen)}`}, so MCP clients cannot log in: ${names === '' ? 'make a connection (Dashboard > Authentication)' : `choose one with --connection: ${names}`}.`]
  }
  const { id, name, display_name: displayName, is_domain_connection: isDomain = false } = found
  // Auth0 overwrites a display name that is not sent along. `options` would replace all options.
  return patch(tenant, `connection "${name}"`, `connections/${id}`, { is_domain_connection: isDomain }, { is_domain_connection: true }, displayName === undefined ? {} : { display_name: displayName })
}
