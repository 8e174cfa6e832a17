import type { Step } from './change.ts'
import { ManagementError } from './management.ts'

const ADVICE = 'Third-party applications cannot log in where Rules are active'

/** Rules are reported, never changed. */
export const rules: Step = async tenant => {
  try {
    const active = await tenant.list<{ readonly name: string }>('rules?enabled=true&fields=name&include_fields=true', 'rules')
    return active.length === 0 ? [] : [`${ADVICE}: ${active.map(({ name }) => JSON.stringify(name)).join(', ')}. Move them to Actions: Dashboard > Auth Pipeline > Rules.`]
  } catch (error) {
    // A tenant without Rules does not know the address.
    if (!(error instanceof ManagementError)) throw error
    return error.status === 403 ? [`${ADVICE}. Whether there are any was not checked, since that needs the permission read:rules.`] : []
  }
}
