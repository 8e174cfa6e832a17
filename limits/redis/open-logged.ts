import type { RedisSettings } from '../settings.ts'
import { openRedis, type Redis, type RedisOptions } from './connection.ts'
import { redisFault } from './fault.ts'

/** The part of a logger that is used. */
export interface Log {
  info (fields: object, message: string): void
  warn (fields: object, message: string): void
}

/** The texts for the log and for the error. */
interface Messages {
  /** Redis went away, or is away at the start. */
  readonly lost: string
  readonly back: string
  /** Redis is required, and is away at the start. */
  fatal (cause: string): string
}

/** Causes of one outage that are logged. A broken Redis could have a new one each second. */
const MAX_CAUSES = 8

/**
 * Connects to Redis, and logs when it goes away, with each new cause, and when it is back.
 * @throws Error at the start, if Redis is required and cannot be used. It names no password
 */
export async function openLogged ({ url, required, ...times }: Omit<RedisSettings, 'leaseMs'>, probe: RedisOptions['probe'], messages: Messages, log: Log): Promise<Redis> {
  const { host, protocol } = new URL(url)
  let atStart: string | undefined
  let isStarting = true
  // The causes of this outage so far. A later one can differ: the first says that Redis was stopped, the next that its
  // password is another one now.
  const causes = new Set<string>()
  const redis = await openRedis({
    url,
    ...times,
    probe,
    onLost (error) {
      const cause = redisFault(error, protocol === 'rediss:')
      if (isStarting) atStart = cause
      // The error below says the same, and the server does not start.
      if (isStarting && required) return
      if (causes.has(cause) || causes.size === MAX_CAUSES) return
      causes.add(cause)
      log.warn({ redis: host, cause }, messages.lost)
    },
    onBack () {
      causes.clear()
      log.info({ redis: host }, messages.back)
    }
  })
  isStarting = false
  if (!required || atStart === undefined) return redis
  await redis.close()
  throw new Error(messages.fatal(`Redis at ${host} cannot be used: ${atStart}`))
}
