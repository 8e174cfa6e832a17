import { ApiError } from './api-error.ts'
import { offsetPage } from './pages.ts'
import { entry, newId, type Route } from './route.ts'
import type { Item } from './state.ts'

/** Roles, their permissions, and the users who have them. */
export const roleRoutes: readonly Route[] = [
  ['GET roles', ['read:roles'], ({ roles }, { query }) => {
    const part = query.get('name_filter')?.toLowerCase() ?? ''
    return offsetPage('roles', roles.filter(({ name }) => String(name).toLowerCase().includes(part)), query)
  }],

  ['POST roles', ['create:roles'], ({ roles }, { body }) => {
    if (roles.some(({ name }) => name === body['name'])) throw new ApiError(409, 'role_conflict', 'The role name is already in use.')
    const created = { id: newId('rol', roles), ...body }
    roles.push(created)
    return created
  }],

  ['GET roles/*/permissions', ['read:roles'], ({ rolePermissions }, { params: [id], query }) => offsetPage('permissions', rolePermissions.get(id as string) ?? [], query)],

  // Has no body. To add a permission again is no error.
  ['POST roles/*/permissions', ['update:roles'], ({ roles, rolePermissions, resourceServers }, { params: [id], body }) => {
    entry(roles, 'id', id)
    const held = rolePermissions.get(id as string) ?? []
    for (const permission of body['permissions'] as Item[]) {
      const { scopes } = entry(resourceServers, 'identifier', permission['resource_server_identifier'])
      entry(scopes as Item[], 'value', permission['permission_name'])
      if (!held.some(other => JSON.stringify(other) === JSON.stringify(permission))) held.push(permission)
    }
    rolePermissions.set(id as string, held)
  }],

  ['GET users-by-email', ['read:users'], ({ users }, { query }) => users.filter(({ email }) => email === query.get('email'))],
  ['GET users/*/roles', ['read:users', 'read:roles'], ({ roles, userRoles }, { params: [id], query }) => offsetPage('roles', roles.filter(role => userRoles.get(id as string)?.includes(role['id'] as string)), query)],

  ['POST users/*/roles', ['update:users', 'create:role_members'], ({ users, roles, userRoles }, { params: [id], body }) => {
    entry(users, 'user_id', id)
    for (const role of body['roles'] as string[]) entry(roles, 'id', role)
    userRoles.set(id as string, [...new Set([...userRoles.get(id as string) ?? [], ...body['roles'] as string[]])])
  }]
]
