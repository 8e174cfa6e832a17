import { ApiError } from './api-error.ts'
import { matching, offsetPage, withFields } from './pages.ts'
import { entry, newId, only, type Route } from './route.ts'

/** Applications, and the import of metadata documents (CIMD). */
export const clientRoutes: readonly Route[] = [
  ['GET clients', ['read:clients'], ({ clients }, { query }) => offsetPage('clients', matching(clients, query, 'app_type', 'external_client_id'), query)],
  ['GET clients/*', ['read:clients'], ({ clients }, { params: [id], query }) => withFields([entry(clients, 'client_id', id)], query)[0]],

  // An application of type resource_server belongs to an API, which has one at most.
  ['POST clients', ['create:clients'], ({ clients, resourceServers }, { body }) => {
    const { app_type: type, resource_server_identifier: owner } = body
    if (type === 'resource_server') {
      entry(resourceServers, 'identifier', owner)
      if (clients.some(client => client['resource_server_identifier'] === owner)) throw new ApiError(409, 'client_conflict', `The resource server ${owner} has a client already.`)
    }
    const id = newId('client', clients)
    const created = { client_id: id, is_first_party: true, ...body }
    clients.push(created)
    return { ...created, client_secret: `secret-of-${id}` }
  }],

  ['PATCH clients/*', ['update:clients'], ({ clients }, { params: [id], body }) => {
    only(body, 'name', 'token_exchange')
    return Object.assign(entry(clients, 'client_id', id), body)
  }],

  // An upsert. A document that Auth0 does not accept makes no application.
  ['POST clients/cimd/register', ['create:clients'], ({ clients, documents }, { body: { external_client_id: url } }) => {
    const document = documents.get(url as string)
    if (document === undefined) throw new ApiError(400, 'invalid_body', `The metadata document at ${url} cannot be fetched`)
    if (!Array.isArray(document['redirect_uris'])) return { validation: { valid: false, violations: ['redirect_uris is missing'], warnings: [] } }

    const found = clients.find(client => client['external_client_id'] === url)
    const id = found?.['client_id'] ?? newId('tpc', clients)
    const members = { client_id: id, external_client_id: url, is_first_party: false, name: document['client_name'], callbacks: document['redirect_uris'] }
    if (found === undefined) clients.push(members)
    else Object.assign(found, members)
    return { client_id: id, mapped_fields: document, validation: { valid: true, violations: [], warnings: [] } }
  }]
]
