import { api } from './api.ts'
import type { Change, Finding, Step } from './change.ts'
import { clients } from './clients.ts'
import { connection } from './connection.ts'
import { defaultGrant } from './default-grant.ts'
import type { Desired } from './desired.ts'
import { machine } from './machine.ts'
import type { Management } from './management.ts'
import { role } from './role.ts'
import { rules } from './rules.ts'
import { settings } from './settings.ts'
import { exchange } from './token-exchange.ts'

// Each step needs what the earlier ones make.
const STEPS: readonly Step[] = [settings, api, role, defaultGrant, connection, clients, machine, exchange, rules]

/** The differences between the tenant and what the tools need. */
export interface Plan {
  /** In the order in which they have to be made. */
  readonly changes: readonly Change[]
  /** Sentences about what a person has to do or to know. */
  readonly notices: readonly string[]
}

/** Compares the tenant with what the tools need, one request after the other. Changes nothing. */
export async function plan (tenant: Management, desired: Desired): Promise<Plan> {
  const findings: Finding[] = []
  for (const step of STEPS) findings.push(...await step(tenant, desired))
  return {
    changes: findings.filter(finding => typeof finding !== 'string'),
    notices: findings.filter(finding => typeof finding === 'string')
  }
}
