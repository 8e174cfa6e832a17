import { ApiError } from './api-error.ts'
import { offsetPage } from './pages.ts'
import { entry, newId, only, type Route } from './route.ts'

const MEMBERS = ['name', 'scopes', 'signing_alg', 'token_dialect', 'enforce_policies', 'token_lifetime', 'allow_offline_access']

/** APIs. */
export const resourceServerRoutes: readonly Route[] = [
  ['GET resource-servers', ['read:resource_servers'], ({ resourceServers }, { query }) => offsetPage('resource_servers', resourceServers, query)],

  ['POST resource-servers', ['create:resource_servers'], ({ resourceServers }, { body }) => {
    only(body, 'identifier', ...MEMBERS)
    if (resourceServers.some(({ identifier }) => identifier === body['identifier'])) throw new ApiError(409, 'existing_resource_server', `A resource server with the same identifier (${body['identifier']}) already exists.`)
    const created = { id: newId('api', resourceServers), ...body }
    resourceServers.push(created)
    return created
  }],

  // `scopes` replaces the list, and `identifier` may not be sent.
  ['PATCH resource-servers/*', ['update:resource_servers'], ({ resourceServers }, { params: [id], body }) => {
    only(body, ...MEMBERS)
    return Object.assign(entry(resourceServers, 'id', id), body)
  }]
]
