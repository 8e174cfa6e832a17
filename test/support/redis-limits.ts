import type { RedisSettings } from '../../limits/settings.ts'
import { build, type Setup, type SetupOptions, type Test } from './build.ts'

/** The answer of the script to a use that it grants. */
export const GRANTED = ':0'
/** The lines that the server logs when Redis goes and comes back. */
export const LOST = 'Redis cannot be used: each process keeps its own limits until it is back'
/** The log line of a Redis that is back. */
export const BACK = 'Redis is back: the limits are shared again'

/** The environment of low limits. */
export const LIMITS = { RATE_LIMIT_MAX: '2', REFUSAL_LIMIT_MAX: '1', CONCURRENT_CALLS_MAX: '1' }
// A busy machine must not look like a Redis that is away. The tests of these times set their own.
const PATIENT = { commandMs: 20_000, connectMs: 20_000 }

/** A server with low limits that shares them through the Redis at this port. */
export function buildWithRedis (t: Test, port: number, options: SetupOptions = {}, redis: Partial<RedisSettings> = {}): Promise<Setup> {
  return build(t, { env: LIMITS, redis: { url: `redis://:hunter2@127.0.0.1:${port}`, required: false, ...PATIENT, ...redis }, ...options })
}
