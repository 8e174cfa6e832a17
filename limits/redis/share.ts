import type { RedisSettings } from '../settings.ts'
import type { Approvals } from '../spent.ts'
import { DECIDE, type Ask } from './script.ts'
import { createSharedLimits, type SharedOptions } from './shared.ts'
import { spentIn } from './spent.ts'
import { openLogged, type Log } from './open-logged.ts'
import type { Limits } from '../limits.ts'

/** A use that nothing else counts: it shows that Redis runs the script and lets it write. */
const PROBE: Ask = { rates: [{ max: 1_000_000, window: 1 }], places: [], lease: '', leaseMs: 1, stateMs: 1 }

/**
 * Connects to Redis, and logs when it goes away and when it is back. While it is away, each process counts for itself.
 * @throws Error at the start, if Redis is required and cannot be used. It names no password
 */
export async function shareLimits ({ leaseMs, ...settings }: RedisSettings, log: Log): Promise<{
  share: (options: SharedOptions) => Limits
  /** Approvals that count once over all processes. While Redis is away, `spend` gives undefined. */
  approvals: (name: string) => Approvals
  close: () => Promise<void>
}> {
  const redis = await openLogged(settings, { script: DECIDE, keys: ['mcp:probe'], args: [JSON.stringify(PROBE)] }, {
    lost: 'Redis cannot be used: each process keeps its own limits until it is back',
    back: 'Redis is back: the limits are shared again',
    fatal: cause => `REDIS_URL: ${cause}. Mend it, or set REDIS_REQUIRED=false to start with limits of this process alone.`
  }, log)
  return {
    share: options => createSharedLimits(redis, { leaseMs, ...options }),
    approvals: name => spentIn(redis, name),
    close: () => redis.close()
  }
}
