import type { Caller } from './caller.ts'
import { hasUser } from './kind.ts'
import { Refusal } from './refusal.ts'

/** Who is admitted with a good token. */
export interface AccessPolicy {
  /** Accepted `azp`/`client_id`; undefined: every client of the tenant. */
  readonly allowedClients?: readonly string[] | undefined
  /** Accepted `org_id`; undefined: with or without organization. */
  readonly requiredOrg?: readonly string[] | undefined
  /** Whether tokens from the client credentials grant are admitted. */
  readonly allowMachines: boolean
}

/**
 * Refuses a caller whose token is good but who is not admitted here. A new login would not help, so the answer is a
 * 403 without a challenge.
 * @throws Refusal
 */
export function checkAccess ({ clientId, organization, kind }: Caller, policy: AccessPolicy): void {
  const { allowedClients, requiredOrg, allowMachines } = policy
  if (allowedClients !== undefined && !allowedClients.includes(clientId)) {
    throw new Refusal('client_not_allowed', { found: clientId })
  }
  if (requiredOrg !== undefined && !requiredOrg.includes(organization?.id ?? '')) {
    throw new Refusal('organization', { expected: requiredOrg, found: organization?.id })
  }
  if (!allowMachines && !hasUser(kind)) throw new Refusal('machine_not_allowed', { found: clientId })
}
