import { stateId } from '../once.ts'
import { REMEMBER_MS, type Approvals } from '../spent.ts'
import type { Redis } from './connection.ts'
import { redisKey } from './key.ts'
import { SPEND } from './script.ts'
import type { RedisSettings } from '../settings.ts'
import { openLogged, type Log } from './open-logged.ts'

/** Approvals with a connection of their own. */
export interface SharedSpent extends Approvals {
  close (): Promise<void>
}

/** Approvals that count once over all processes. While Redis is away, `spend` gives undefined. */
export function spentIn (redis: Redis, name: string): Approvals {
  return {
    async spend (state) {
      const used = await redis.run(SPEND, [redisKey(name, 'approval', stateId(state))], [String(REMEMBER_MS)])
      return used === undefined ? undefined : used === 0
    }
  }
}

/**
 * Used links of a page that has several processes, in Redis: for `createElicitations` in place of `createSpent()`.
 * @param name the page; links of another page count separately
 * @throws Error if Redis cannot be used at start. It names no password
 */
export async function openSpent (settings: Omit<RedisSettings, 'required' | 'leaseMs'>, name: string, log: Log): Promise<SharedSpent> {
  const redis = await openLogged({ ...settings, required: true }, { script: SPEND, keys: ['mcp:probe'], args: ['1'] }, {
    lost: 'Redis cannot be used: no link counts until it is back',
    back: 'Redis is back: links count again',
    fatal: cause => `${cause}. Several processes of a page need it, since each would accept a link once`
  }, log)
  return { ...spentIn(redis, name), close: () => redis.close() }
}
