import { clientRoutes } from './clients.ts'
import { grantRoutes } from './grants.ts'
import { checkpointPage, matching, offsetPage, withFields } from './pages.ts'
import { resourceServerRoutes } from './resource-servers.ts'
import { roleRoutes } from './roles.ts'
import { entry, type Route } from './route.ts'
import type { Item } from './state.ts'

/** The addresses that the stand-in knows. */
export const routes: readonly Route[] = [
  ['GET tenants/settings', ['read:tenant_settings'], ({ settings }, { query }) => withFields([settings], query)[0]],
  ['PATCH tenants/settings', ['update:tenant_settings'], ({ settings }, { body }) => Object.assign(settings, body, { flags: { ...settings.flags, ...body['flags'] as Item } })],

  ['GET connections', ['read:connections'], ({ connections }, { query }) => checkpointPage('connections', matching(connections, query, 'name', 'strategy'), query)],
  ['PATCH connections/*', ['update:connections'], ({ connections }, { params: [id], body }) => {
    const found = entry(connections, 'id', id)
    // Auth0 takes the name where the display name is left out.
    return Object.assign(found, { display_name: found['name'] }, body)
  }],

  ['GET rules', ['read:rules'], ({ rules }, { query }) => offsetPage('rules', matching(rules, query, 'enabled'), query)],
  ...resourceServerRoutes,
  ...roleRoutes,
  ...grantRoutes,
  ...clientRoutes
]
