import { command, missing, type Finding, type Step } from './change.ts'
import type { Management } from './management.ts'

interface Role {
  readonly id: string
  readonly name: string
}

interface Permission {
  readonly resource_server_identifier: string
  readonly permission_name: string
}

/** The role that has every permission of the tools, and the users who are to get it. */
export const role: Step = async (tenant, { identifier, names, scopes, requested: { users } }) => {
  const name = names.role
  const found = (await tenant.list<Role>(`roles?name_filter=${encodeURIComponent(name)}`, 'roles')).find(role => role.name === name)
  // The later changes need the id, which a new role gets when it is made.
  const known = { id: found?.id ?? '' }

  const held = found === undefined ? [] : await tenant.list<Permission>(`roles/${found.id}/permissions`, 'permissions')
  const lacking = missing(held.filter(permission => permission.resource_server_identifier === identifier).map(permission => permission.permission_name), scopes.map(({ value }) => value))
  const findings: Finding[] = []

  if (found === undefined) {
    findings.push({
      action: 'create',
      what: `role "${name}"`,
      details: [],
      async carryOut () {
        known.id = (await tenant.send<Role>('POST', 'roles', { name, description: `May use the tools at ${identifier}` })).id
        return [command('delete', `roles/${known.id}`)]
      }
    })
  }
  if (lacking.length > 0) {
    const body = { permissions: lacking.map(value => ({ resource_server_identifier: identifier, permission_name: value })) }
    findings.push({
      action: 'change',
      what: `permissions of the role "${name}"`,
      details: lacking.map(value => `permission ${value}`),
      async carryOut () {
        await tenant.send('POST', `roles/${known.id}/permissions`, body)
        return [command('delete', `roles/${known.id}/permissions`, body)]
      }
    })
  }
  for (const email of users) findings.push(...await assignment(tenant, email, name, known))
  return findings
}

async function assignment (tenant: Management, email: string, name: string, role: { readonly id: string }): Promise<Finding[]> {
  const users = await tenant.get<ReadonlyArray<{ readonly user_id: string }>>(`users-by-email?email=${encodeURIComponent(email)}`) ?? []
  if (users.length === 0) return [`The tenant has no user with the e-mail address ${email}: let this user sign up or log in once, then run this again.`]

  const findings: Finding[] = []
  for (const { user_id: id } of users) {
    const path = `users/${encodeURIComponent(id)}/roles`
    if ((await tenant.list<Role>(path, 'roles')).some(held => held.id === role.id)) continue
    findings.push({
      action: 'change',
      what: `roles of ${email} (${id})`,
      details: [`role "${name}"`],
      async carryOut () {
        await tenant.send('POST', path, { roles: [role.id] })
        return [command('delete', path, { roles: [role.id] })]
      }
    })
  }
  return findings
}
