import { patch, type Members, type Step } from './change.ts'

/** The path of the tenant's settings. */
export const SETTINGS = 'tenants/settings'

// Auth0's defaults, for an answer that leaves them out.
const DEFAULTS = { resource_parameter_profile: 'audience', authorization_response_iss_parameter_supported: false }
const DCR = 'enable_dynamic_client_registration'

/** The switches that every login of an MCP client needs, and dynamic registration if it is asked for. */
export const settings: Step = async (tenant, { identifier, requested: { registration } }) => {
  const found = await tenant.get<Members>(SETTINGS) ?? {}
  const flags = found['flags'] as Members | undefined
  return [
    ...patch(tenant, 'tenant settings', SETTINGS, { ...DEFAULTS, ...found }, { resource_parameter_profile: 'compatibility', authorization_response_iss_parameter_supported: true }),
    // Auth0 merges the flags, so the others stay as they are.
    ...registration ? patch(tenant, 'tenant settings: any client may register itself (DCR)', SETTINGS, { flags: { [DCR]: flags?.[DCR] ?? false } }, { flags: { [DCR]: true } }) : [],
    ...otherAudience(found['default_audience'], identifier)
  ]
}

function otherAudience (found: unknown, identifier: string): string[] {
  if (!found || found === identifier) return []
  return [`Default Audience is ${JSON.stringify(found)}, and it wins over the "resource" that MCP clients send. Other applications may need it, so it stays. Empty it if you can: Dashboard > Settings > General > API Authorization Settings.`]
}
