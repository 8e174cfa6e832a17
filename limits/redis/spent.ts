import { endOf } from '../once.ts'
import { REMEMBER_MS, type Approvals } from '../spent.ts'
import type { Redis } from './connection.ts'
import { redisKey } from './key.ts'
import { SPEND } from './script.ts'
import type { RedisSettings } from '../settings.ts'
import { openTold, type Log } from './told.ts'

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
export async function openSpent (settings: Omit<RedisSettings, 'required' | 'leaseMs'>, name: string, log: Log): Promise<SharedSpent> {
  const redis = await openTold({ ...settings, required: true }, { script: SPEND, keys: ['mcp:probe'], args: ['1'] }, {
    lost: 'Redis cannot be used: no link counts until it is back',
    back: 'Redis is back: links count again',
    fatal: cause => `${cause}. Several processes of a page need it, since each would accept a link once`
  }, log)
  return { ...spentIn(redis, name), close: () => redis.close() }
}
