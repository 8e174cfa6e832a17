import { endOf } from '../once.ts'
import { REMEMBER_MS, type Approvals } from '../spent.ts'
import { openRedis, type Redis } from './connection.ts'
import { redisFault } from './fault.ts'
import { redisKey } from './key.ts'
import { SPEND } from './script.ts'
import type { RedisSettings } from '../settings.ts'

/** The part of a logger that is used. */
interface Log {
  info (fields: object, message: string): void
  warn (fields: object, message: string): void
}

/** Approvals with a connection of their own. */
export interface SharedSpent extends Approvals {
  close (): Promise<void>
}

/** Approvals that are spent for all processes at once. While Redis is away, nothing can be told about one. */
export function spentIn (redis: Redis, name: string): Approvals {
  return {
    async spend (state) {
      const used = await redis.run(SPEND, [redisKey(name, 'approval', endOf(state))], [String(REMEMBER_MS)])
      return used === undefined ? undefined : used === 0
    }
  }
}

/**
 * Used links of a page that has several processes, in Redis: for `createElicitations` in place of `createSpent()`.
 * @param name the page; those of another page count on their own
 * @throws Error if Redis cannot be used at start. It names no password
 */
export async function openSpent ({ url, ...times }: Omit<RedisSettings, 'required'>, name: string, log: Log): Promise<SharedSpent> {
  const { host, protocol } = new URL(url)
  let cause: string | undefined
  const redis = await openRedis({
    url,
    ...times,
    probe: { script: SPEND, keys: ['mcp:probe'], args: ['1'] },
    onLost (error) {
      cause = redisFault(error, protocol === 'rediss:')
      log.warn({ redis: host, cause }, 'Redis cannot be used: no link counts until it is back')
    },
    onBack () {
      log.info({ redis: host }, 'Redis is back: links count again')
    }
  })
  if (cause === undefined) return { ...spentIn(redis, name), close: () => redis.close() }
  await redis.close()
  throw new Error(`Redis at ${host} cannot be used: ${cause}. Several processes of a page need it, since each would accept a link once`)
}
