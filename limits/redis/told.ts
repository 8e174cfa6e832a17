import type { RedisSettings } from '../settings.ts'
import { openRedis, type Redis, type RedisOptions } from './connection.ts'
import { redisFault } from './fault.ts'

/** The part of a logger that is used. */
export interface Log {
  info (fields: object, message: string): void
  warn (fields: object, message: string): void
}

/** What the operator is told. */
interface Words {
  /** When Redis goes away, or is away at the start. */
  readonly lost: string
  readonly back: string
  /** The error if Redis is required and away at the start. */
  fatal (cause: string): string
}

/**
 * Connects to Redis, and tells the operator when it goes away and when it is back.
 * @throws Error at the start, if Redis is required and cannot be used. It names no password
 */
export async function openTold ({ url, required, ...times }: Omit<RedisSettings, 'leaseMs'>, probe: RedisOptions['probe'], words: Words, log: Log): Promise<Redis> {
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
      // The error below says it, and the caller does not go on.
      if (isStarting && required) return
      log.warn({ redis: host, cause }, words.lost)
    },
    onBack () { log.info({ redis: host }, words.back) }
  })
  isStarting = false
  if (!required || atStart === undefined) return redis
  await redis.close()
  throw new Error(words.fatal(`Redis at ${host} cannot be used: ${atStart}`))
}
