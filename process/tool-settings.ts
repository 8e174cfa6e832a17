import type { Config } from '../config.ts'
import type { Registry } from '../mcp/registry.ts'
import type { Tool } from '../mcp/tool.ts'

// Settings that depend on what the tools declare, so that config.ts cannot check them.

/** The part of the server's logger that is used. */
export interface Log {
  warn (message: string): void
  warn (fields: object, message: string): void
}

/** The scopes of the tools that are marked as baseline. @throws Error if there are none */
export function baselineOf ({ baseline }: Registry): readonly string[] {
  if (baseline.length === 0) throw new Error('CHALLENGE_SCOPES: found "baseline", expected a tool with baseline: true')
  return baseline
}

/** Warns of each tool that calls an API without OBO_CLIENT_ID: its calls fail. */
export function warnOfApis (tools: readonly Tool[], log: Log): void {
  for (const { name, api } of tools) {
    if (api !== undefined) log.warn({ tool: name, api: api.audience }, `OBO_CLIENT_ID is not set, so the tool ${JSON.stringify(name)} cannot call its API as the user`)
  }
}

/** Refuses several processes that do not share approvals. @throws Error if each of them would accept an approval once */
export function refuseSharedApprovals ({ workers, stateSecret, limits }: Config, { tools }: Registry): void {
  const asking = tools.find(({ declaration: { confirm } }) => typeof confirm === 'function')
  if (asking === undefined || limits.redis !== undefined || (workers === 1 && stateSecret === undefined)) return
  const cause = workers > 1 ? `WORKERS: found "${workers}"` : 'STATE_SECRET: found a value'
  throw new Error(`${cause}, but tool ${JSON.stringify(asking.declaration.name)} asks for confirmations, and each process would accept an approval once. Expected REDIS_URL too, or one process without STATE_SECRET`)
}

/** Refuses an `audit` that could have no effect. @throws Error if a tool wants to log a claim that tools do not see */
export function refuseUnseenClaims ({ callerClaims }: Config, { tools }: Registry): void {
  for (const { declaration: { name }, audited: { claims = [] } } of tools) {
    const unseen = claims.find(claim => !callerClaims.includes(claim))
    if (unseen !== undefined) throw new Error(`CALLER_CLAIMS: expected ${JSON.stringify(unseen)} among the names, since the audit of tool ${JSON.stringify(name)} names it`)
  }
}
