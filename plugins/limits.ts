import fp from 'fastify-plugin'
import type { Caller } from '../auth/caller.ts'
import { addressKey } from '../limits/address.ts'
import type { Bound, Grant, Limits } from '../limits/limits.ts'
import { createMemoryLimits } from '../limits/memory.ts'
import { describeReached } from '../limits/reached.ts'
import type { LimitSettings } from '../limits/settings.ts'
import { createSpent, type Approvals } from '../limits/spent.ts'
import type { Limiter, Verdict } from '../mcp/calls/limiter.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** How often a limit refused something, since the start. */
    readonly limitHits: Record<'calls' | 'concurrency' | 'refused_tokens', number>
    /** Limits the tool calls of each caller. */
    callLimiter: Limiter
    /** Lets an approval count once. */
    approvals: Approvals
    /** Counts a refused token of this address. Seconds until the next one is answered as usual; 0 if this one is. */
    countRefusal (address: string): number | Promise<number>
  }
}

/** The limits, whom they are shared with, and the clock. */
export interface LimitsOptions extends LimitSettings {
  /** Servers with the same name share their limits, if they use the same Redis. */
  readonly serverName: string
  /** Milliseconds of a monotonic clock. With a clock that was set back, a call would wait until it has caught up. */
  readonly now: () => number
}

/** A tool's name and the limits that it declares. */
type LimitedTool = Parameters<Limiter['permit']>[1]

const NOTHING_TO_RELEASE = (): void => {}

/**
 * Limits tool calls by caller and refused tokens by address. It only decorates: callers of the decorations act on them.
 * @throws Error if Redis is required and cannot be used
 */
export default fp<LimitsOptions>(async function limits (app, { calls, concurrent, refusals, window, redis, serverName, now }) {
  const { callLimits, refusalLimits, approvals } = await openLimits()
  const rate = calls === undefined ? undefined : { max: calls, window }
  const hits = { calls: 0, concurrency: 0, refused_tokens: 0 }
  app.decorate('limitHits', hits)
  app.decorate('callLimiter', { permit })
  app.decorate('approvals', approvals)

  app.decorate('countRefusal', function countRefusal (address) {
    if (refusals === undefined) return 0
    const granted = refusalLimits.take([{ key: addressKey(address), rate: { max: refusals, window } }], now())
    return granted instanceof Promise ? granted.then(tokenWait) : tokenWait(granted)
  })

  function tokenWait (granted: Grant): number {
    if (typeof granted !== 'function') hits.refused_tokens++
    return waitOf(granted)
  }

  function verdictOf (granted: Grant, key: string): Verdict {
    if (typeof granted === 'function') return granted
    hits[granted.atOnce ? 'concurrency' : 'calls']++
    return { retryAfter: waitOf(granted), ...describeReached(granted, granted.bound.key !== key) }
  }

  function permit (caller: Caller, tool: LimitedTool, requestState?: string): Verdict | Promise<Verdict> {
    const bounds = boundsOf(caller.key, tool)
    if (bounds.length === 0) return NOTHING_TO_RELEASE
    const granted = callLimits.take(bounds, now(), requestState)
    return granted instanceof Promise ? granted.then(granted => verdictOf(granted, caller.key)) : verdictOf(granted, caller.key)
  }

  function boundsOf (key: string, { name, rateLimit, concurrency }: LimitedTool): Bound[] {
    const bounds: Bound[] = []
    if (rate !== undefined || concurrent !== undefined) bounds.push({ key, rate, concurrency: concurrent })
    if (rateLimit !== undefined || concurrency !== undefined) bounds.push({ key: `${key} ${name}`, rate: rateLimit, concurrency })
    return bounds
  }

  /** Calls and refusals have separate limits, so that a flood of addresses does not push callers out of memory. */
  async function openLimits (): Promise<{ callLimits: Limits, refusalLimits: Limits, approvals: Approvals }> {
    const [calls, refusals] = [createMemoryLimits(), createMemoryLimits()]
    if (redis === undefined) return { callLimits: calls, refusalLimits: refusals, approvals: createSpent() }
    const { shareLimits } = await import('../limits/redis/share.ts')
    const { share, approvals, close } = await shareLimits(redis, app.log)
    app.addHook('onClose', close)
    return {
      callLimits: share({ memory: calls, name: `${serverName} calls`, now }),
      refusalLimits: share({ memory: refusals, name: `${serverName} refusals`, now }),
      approvals: approvals(serverName)
    }
  }
}, {
  name: 'limits',
  fastify: '5.x'
})

/** Seconds to wait; 0 if the use was granted. */
function waitOf (granted: Grant): number {
  return typeof granted === 'function' ? 0 : Math.ceil(granted.wait / 1000)
}
