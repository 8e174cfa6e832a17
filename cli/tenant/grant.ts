import { command, missing, patch, type Change } from './change.ts'
import type { Management } from './management.ts'

interface Grant {
  readonly id: string
  readonly subject_type?: string
  readonly scope?: readonly string[]
  readonly allow_all_scopes?: boolean
}

/** Whose grant it is: one application's, or that of every third-party application. */
export type Holder = { readonly client_id: string } | { readonly default_for: 'third_party_clients' }

/** The grant of a holder for an API; undefined if there is none. */
export async function findGrant (tenant: Management, audience: string, holder: Holder, subjectType: 'user' | 'client'): Promise<Grant | undefined> {
  const grants = await tenant.walk<Grant>(`client-grants?${new URLSearchParams({ audience, ...holder })}`, 'client_grants')
  // A grant without a subject type is one of a machine.
  return grants.find(({ subject_type: type = 'client' }) => type === subjectType)
}

/** The change that makes a new grant. */
export function newGrant (tenant: Management, what: string, audience: string, holder: () => Holder, scope: readonly string[], subjectType: 'user' | 'client'): Change {
  return {
    action: 'create',
    what,
    details: [`scope: ${scope.join(' ')}`, `subject_type: ${subjectType}`],
    async carryOut () {
      const { id } = await tenant.send<Grant>('POST', 'client-grants', { ...holder(), audience, scope, subject_type: subjectType })
      return [command('delete', `client-grants/${id}`)]
    }
  }
}

/** The change that adds the scopes that a grant lacks. It keeps those that it has. */
export function extendGrant (tenant: Management, what: string, { id, scope = [], allow_all_scopes: hasAll = false }: Grant, wanted: readonly string[]): Change[] {
  return hasAll ? [] : patch(tenant, what, `client-grants/${id}`, { scope }, { scope: [...scope, ...missing(scope, wanted)] })
}
