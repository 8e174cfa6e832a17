import type { Config } from '../../config.ts'
import type { Env } from '../../process/settings.ts'
import { listApis } from '../tenant/api.ts'
import { accessOf, hasCredentials, MANAGEMENT_VARIABLES } from '../tenant/authentication.ts'
import { createManagement } from '../tenant/management.ts'
import { bad, good, type Check } from './check.ts'

/** Compares the permissions of the API in the tenant with the scopes of the tools. Skipped without credentials. */
export async function checkDrift (env: Env, { issuers, resourceUrl }: Config, scopes: readonly string[]): Promise<Check> {
  const title = 'permissions of the API in the tenant'
  if (!hasCredentials(env)) return good('drift', title, `not checked, since that needs ${MANAGEMENT_VARIABLES}; "npm run tenant" checks it with the session of the Auth0 CLI`)
  try {
    const tenant = createManagement(await accessOf(env, issuers[0] as string).connect())
    const api = (await listApis(tenant)).find(({ identifier }) => identifier === resourceUrl)
    const held = (api?.scopes ?? []).map(({ value }) => value)
    const lacking = scopes.filter(scope => !held.includes(scope))
    const unused = held.filter(value => !scopes.includes(value))

    const rest = unused.length === 0 ? '' : `; no tool needs ${unused.join(', ')}`
    if (lacking.length === 0) return good('drift', title, `${scopes.join(', ')}${rest}`)
    const found = api === undefined ? `no API ${resourceUrl}` : `${held.join(', ') || 'no permission'}${rest}`
    return bad('drift', title, found, `a permission for each scope of the tools, also ${lacking.join(', ')}`, 'Add what is missing: npm run tenant -- apply (Dashboard > Applications > APIs > your API > Permissions).')
  } catch (error) {
    return bad('drift', title, (error as Error).message, 'an answer of the Management API', `Correct ${MANAGEMENT_VARIABLES}, or leave them out.`)
  }
}
