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

/**
 * Connects to Redis, and logs when it goes away and when it is back.
 * @throws Error at the start, if Redis is required and cannot be used. It names no password
 */
export async function openLogged ({ url, required, ...times }: Omit<RedisSettings, 'leaseMs'>, probe: RedisOptions['probe'], messages: Messages, log: Log): Promise<Redis> {
  const { host, protocol } = new URL(url)
  let atStart: string | undefined
  let isStarting = true
  const redis = await openRedis({
    url,
    ...times,
    probe,
    onLost (error) {
      const cause = redisFault(error, protocol === 'rediss:')
      if (isStarting) atStart = cause
      // The error below says the same, and the server does not start.
      if (isStarting && required) return
      log.warn({ redis: host, cause }, messages.lost)
    },
    onBack () { log.info({ redis: host }, messages.back) }
  })
  isStarting = false
  if (!required || atStart === undefined) return redis
  await redis.close()
  throw new Error(messages.fatal(`Redis at ${host} cannot be used: ${atStart}`))
}
