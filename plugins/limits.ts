import fp from 'fastify-plugin'
import type { Caller } from '../auth/caller.ts'
import { addressKey } from '../limits/address.ts'
import type { Grant, Limits } from '../limits/limits.ts'
import { createMemoryLimits } from '../limits/memory.ts'
import type { LimitSettings } from '../limits/settings.ts'
import type { Limiter, Verdict } from '../mcp/limiter.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Limits the tool calls of each caller. */
    callLimiter: Limiter
    /** Counts a refused token of this address. Seconds until the next one is answered as usual; 0 if this one is. */
    countRefusal (address: string): number | Promise<number>
  }
}

export interface LimitsOptions extends LimitSettings {
  /** Servers with the same name share their limits, if they use the same Redis. */
  readonly serverName: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const NOTHING_TO_RELEASE = (): void => {}

/**
 * Limits tool calls by caller and refused tokens by address. Other parts ask; this plugin adds no hook to requests.
 * @throws Error if Redis is required and cannot be used
 */
export default fp<LimitsOptions>(async function limits (app, { calls, concurrent, refusals, window, redis, serverName, now }) {
  const [callLimits, refusalLimits] = await openLimits()
  const keys = new WeakMap<Caller, string>()

  app.decorate('callLimiter', { permit })

  app.decorate('countRefusal', function countRefusal (address) {
    if (refusals === undefined) return 0
    const granted = refusalLimits.take({ rates: [{ key: addressKey(address), rate: { max: refusals, window } }], places: [] }, now())
    return granted instanceof Promise ? granted.then(waitOf) : waitOf(granted)
  })

  function permit (caller: Caller, { name, rateLimit, concurrency }: Parameters<Limiter['permit']>[1], asked: number, requestState?: string): Verdict | Promise<Verdict> {
    const key = callerKey(caller)
    const toolKey = rateLimit === undefined && concurrency === undefined ? key : `${key}${name}`
    const rates = [
      ...(calls === undefined ? [] : [{ key, rate: { max: calls, window } }]),
      ...(rateLimit === undefined ? [] : [{ key: toolKey, rate: rateLimit }])
    ]
    const places = [
      ...(concurrent === undefined ? [] : [{ key, max: concurrent }]),
      ...(concurrency === undefined ? [] : [{ key: toolKey, max: concurrency }])
    ]
    if (rates.length === 0 && places.length === 0) return NOTHING_TO_RELEASE
    const granted = callLimits.take({ rates, places, requestState }, asked)
    return granted instanceof Promise ? granted.then(verdictOf) : verdictOf(granted)
  }

  /** The limits of calls and of refusals. A flood of addresses must not push a caller out of memory, so they are two. */
  async function openLimits (): Promise<readonly [Limits, Limits]> {
    const memory = [createMemoryLimits(), createMemoryLimits()] as const
    if (redis === undefined) return memory
    const { shareLimits } = await import('../limits/redis/share.ts')
    const { share, close } = await shareLimits(redis, app.log)
    app.addHook('onClose', close)
    return [share({ memory: memory[0], name: `${serverName} calls`, now }), share({ memory: memory[1], name: `${serverName} refusals`, now })]
  }

  // One object serves all requests with the same token, so the key is made once.
  function callerKey (caller: Caller): string {
    let key = keys.get(caller)
    if (key === undefined) {
      key = JSON.stringify([caller.issuer, caller.subject, caller.clientId])
      keys.set(caller, key)
    }
    return key
  }
}, {
  name: 'limits',
  fastify: '5.x'
})

function verdictOf (granted: Grant): Verdict {
  return typeof granted === 'function' ? granted : { retryAfter: waitOf(granted) }
}

/** Seconds. */
function waitOf (granted: Grant): number {
  return typeof granted === 'function' ? 0 : Math.ceil(granted.wait / 1000)
}
