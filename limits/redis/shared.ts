import { randomUUID } from 'node:crypto'
import { noPlace, type Bound, type Grant, type Limits, type Rate, type Reached } from '../limits.ts'
import type { MemoryLimits } from '../memory.ts'
import { stateId } from '../once.ts'
import { REMEMBER_MS } from '../spent.ts'
import type { Redis } from './connection.ts'
import { redisKey } from './key.ts'
import { DECIDE, RENEW, type Ask } from './script.ts'

/** Which servers share their limits, and the limits that hold without Redis. */
export interface SharedOptions {
  /** The limits of this process, which hold while Redis is away. */
  readonly memory: MemoryLimits
  /** Keeps servers apart that use the same Redis: those with the same name share their limits. */
  readonly name: string
  /** Milliseconds of the clock that `take` is asked by. */
  readonly now: () => number
  /** Milliseconds after which the place of a process that died is free. Default 30,000. */
  readonly leaseMs?: number | undefined
}

const LEASE_MS = 30_000

/** Limits that several processes share through Redis. They answer at once, from memory, while Redis is away. */
export function createSharedLimits (redis: Redis, { memory, name, now, leaseMs = LEASE_MS }: SharedOptions): Limits {
  const process = randomUUID()
  let uses = 0

  return {
    take (bounds, asked, requestState) {
      const lease = `${process}:${uses++}`
      const [rated, placed] = [bounds.filter(isRated), bounds.filter(isPlaced)]
      const places = placed.map(({ key }) => redisKey(name, 'place', key))
      const keys = [
        ...rated.map(({ key }) => redisKey(name, 'rate', key)),
        ...places,
        ...(requestState === undefined ? [] : [redisKey(name, 'state', stateId(requestState))])
      ]
      const decided = redis.run(DECIDE, keys, [JSON.stringify(ask(rated, placed, lease))])
      if (decided === undefined) return memory.take(bounds, asked, requestState)
      return decided.then((reply): Grant => {
        if (reply === undefined) {
          // A slow Redis may still grant the places later, and no call would give them back.
          redis.remove(places, lease)
          return memory.take(bounds, now(), requestState)
        }
        if (reply === 0) return places.length === 0 ? () => {} : hold(places, lease)
        return reachedIn(reply, rated, placed)
      })
    }
  }

  function ask (rated: readonly Rated[], placed: readonly Placed[], lease: string): Ask {
    return {
      rates: rated.map(({ rate: { max, window } }) => ({ max, window: window * 1000 })),
      places: placed.map(({ concurrency }) => concurrency),
      lease,
      leaseMs,
      stateMs: REMEMBER_MS
    }
  }

  /** Keeps the lease until the use is over. If this process dies, the lease expires. */
  function hold (places: readonly string[], lease: string): () => void {
    const renewal = setInterval(() => redis.run(RENEW, places, [lease, String(leaseMs)]), leaseMs / 3).unref()
    return () => {
      clearInterval(renewal)
      redis.remove(places, lease)
    }
  }
}

type Rated = Bound & { readonly rate: Rate }
type Placed = Bound & { readonly concurrency: number }

/** Decodes a reply of DECIDE other than 0. */
function reachedIn (reply: number, rated: readonly Rated[], placed: readonly Placed[]): Reached {
  if (reply < 0) return noPlace(placed[-reply - 1] as Placed)
  return { wait: Math.floor(reply / rated.length), bound: rated[reply % rated.length] as Rated, atOnce: false }
}

const isRated = (bound: Bound): bound is Rated => bound.rate !== undefined
const isPlaced = (bound: Bound): bound is Placed => bound.concurrency !== undefined
