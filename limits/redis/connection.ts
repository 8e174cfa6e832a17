import { makeClient, type Client } from './client.ts'
import { evaluate } from './evaluate.ts'
import { within } from './within.ts'

/** A Redis that may be away. Nothing here throws or waits longer than `commandMs` after the start. */
export interface Redis {
  /** Runs a script. Resolves to its number, or to undefined if Redis fails; undefined at once while it is away. */
  run (script: string, keys: readonly string[], args: readonly string[]): Promise<number | undefined> | undefined
  /** Removes a member from each sorted set, without waiting; if Redis is away, once it is back. */
  remove (keys: readonly string[], member: string): void
  close (): Promise<void>
}

/** Where Redis is, how long to wait for it, and whom to tell. */
export interface RedisOptions {
  readonly url: string
  /** Runs after each connection. A Redis that fails it counts as away. */
  readonly probe: { readonly script: string, readonly keys: readonly string[], readonly args: readonly string[] }
  /** Called when Redis goes away, and then for each attempt to connect that fails. */
  onLost (error: Error): void
  onBack (): void
  /** Milliseconds for one command. Default 200. */
  readonly commandMs?: number | undefined
  /** Milliseconds to connect. Default 2,000. */
  readonly connectMs?: number | undefined
  /** Milliseconds between two attempts to connect. Default 1,000. */
  readonly retryMs?: number | undefined
}

/** Removals that wait for Redis. A lease that is not removed expires. */
const MAX_LATE = 10_000

/** Connects to Redis. If that fails, calls `onLost` and tries again until it succeeds. */
export async function openRedis ({ url, probe, onLost, onBack, commandMs = 200, connectMs = 2000, retryMs = 1000 }: RedisOptions): Promise<Redis> {
  let client: Client | undefined
  let retry: NodeJS.Timeout | undefined
  let isClosed = false
  let late: Array<() => void> = []

  try {
    await connect()
  } catch (error) {
    onLost(error as Error)
    retryLater()
  }

  return {
    run (script, keys, args) {
      const current = client
      if (current === undefined) return undefined
      return within(commandMs, evaluate(current, script, keys, args)).catch(error => {
        lose(current, error)
        return undefined
      })
    },
    remove (keys, member) { for (const key of keys) remove(key, member) },
    async close () {
      isClosed = true
      clearTimeout(retry)
      const current = client
      client = undefined
      if (current === undefined) return
      // The last commands get their answers.
      await within(commandMs, current.close()).catch(() => {})
      current.destroy()
    }
  }

  async function connect (): Promise<void> {
    const candidate = makeClient(url, connectMs)
    let first: Error | undefined
    candidate.on('error', error => {
      first ??= error
      lose(candidate, error)
    })
    try {
      await within(connectMs, candidate.connect().then(() => evaluate(candidate, probe.script, probe.keys, probe.args)))
    } catch (error) {
      candidate.destroy()
      // The first error says more than the end of the connection that follows from it.
      throw first ?? error
    }
    if (isClosed) {
      candidate.destroy()
      return
    }
    client = candidate
    const waiting = late
    late = []
    for (const remove of waiting) remove()
  }

  function remove (key: string, member: string): void {
    const current = client
    if (current !== undefined) {
      current.sendCommand(['ZREM', key, member]).catch(() => { if (client !== current) remove(key, member) })
    } else if (late.length < MAX_LATE) {
      late.push(() => remove(key, member))
    }
  }

  function lose (lost: Client, error: Error): void {
    if (client !== lost) return
    client = undefined
    lost.destroy()
    onLost(error)
    retryLater()
  }

  function retryLater (): void {
    if (isClosed) return
    retry = setTimeout(() => connect().then(onBack, error => {
      if (!isClosed) onLost(error)
      retryLater()
    }), retryMs).unref()
  }
}
