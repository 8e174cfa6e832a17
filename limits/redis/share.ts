import type { RedisSettings } from '../settings.ts'
import { openRedis } from './connection.ts'
import { redisFault } from './fault.ts'
import type { Approvals } from '../spent.ts'
import { DECIDE, type Ask } from './script.ts'
import { createSharedLimits, type SharedOptions } from './shared.ts'
import { spentIn } from './spent.ts'
import type { Limits } from '../limits.ts'

/** The part of the server's logger that is used. */
interface Log {
  info (fields: object, message: string): void
  warn (fields: object, message: string): void
}

/** A use that nothing else counts: it shows that Redis runs the script and lets it write. */
const PROBE: Ask = { rates: [{ max: 1_000_000, window: 1 }], places: [], lease: '', leaseMs: 1, stateMs: 1 }

/**
 * Connects to Redis and tells the operator when it goes away and when it is back. While it is away, the limits of each
 * process hold.
 * @throws Error at the start, if Redis is required and cannot be used. It names no password
 */
export async function shareLimits ({ url, required, leaseMs, ...times }: RedisSettings, log: Log): Promise<{
  share: (options: SharedOptions) => Limits
  /** Approvals that are spent for all processes at once. While Redis is away, nothing can be told about one. */
  approvals: (name: string) => Approvals
  close: () => Promise<void>
}> {
  const { host, protocol } = new URL(url)
  let atStart: string | undefined
  let isStarting = true
  const redis = await openRedis({
    url,
    ...times,
    probe: { script: DECIDE, keys: ['mcp:probe'], args: [JSON.stringify(PROBE)] },
    onLost (error) {
      const cause = redisFault(error, protocol === 'rediss:')
      if (isStarting) atStart = cause
      // The error below says it, and there are no limits to keep.
      if (isStarting && required) return
      log.warn({ redis: host, cause }, 'Redis cannot be used: each process keeps its own limits until it is back')
    },
    onBack () {
      log.info({ redis: host }, 'Redis is back: the limits are shared again')
    }
  })
  isStarting = false
  if (required && atStart !== undefined) {
    await redis.close()
    throw new Error(`REDIS_URL: Redis at ${host} cannot be used: ${atStart}. Mend it, or set REDIS_REQUIRED=false to start with limits of this process alone.`)
  }
  return {
    share: options => createSharedLimits(redis, { leaseMs, ...options }),
    approvals: name => spentIn(redis, name),
    close: () => redis.close()
  }
}
