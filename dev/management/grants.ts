import { ApiError } from './api-error.ts'
import { checkpointPage, matching } from './pages.ts'
import { entry, newId, only, type Route } from './route.ts'

const OWNER = ['client_id', 'default_for', 'audience', 'subject_type'] as const

/** Grants of applications, and default grants. */
export const grantRoutes: readonly Route[] = [
  ['GET client-grants', ['read:client_grants'], ({ clientGrants }, { query }) => checkpointPage('client_grants', matching(clientGrants, query, ...OWNER), query)],

  ['POST client-grants', ['create:client_grants'], ({ clientGrants, clients, resourceServers }, { body }) => {
    only(body, 'scope', ...OWNER)
    entry(resourceServers, 'identifier', body['audience'])
    if (body['default_for'] === undefined) entry(clients, 'client_id', body['client_id'])
    const created = { id: newId('cgr', clientGrants), subject_type: 'client', ...body }
    if (clientGrants.some(grant => OWNER.every(name => grant[name] === (created as Record<string, unknown>)[name]))) throw new ApiError(409, 'grant_conflict', 'A resource server grant for this application already exists.')
    clientGrants.push(created)
    return created
  }],

  ['PATCH client-grants/*', ['update:client_grants'], ({ clientGrants }, { params: [id], body }) => {
    only(body, 'scope', 'allow_all_scopes', 'organization_usage', 'allow_any_organization', 'authorization_details_types')
    return Object.assign(entry(clientGrants, 'id', id), body)
  }]
]
