import { setTimeout as wait } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import { defineTool, ToolError, type Tool } from '../../../mcp/tool.ts'

/** The events of the tools below, in order. */
export interface Story {
  /** Resolves when this event has happened; at once if it already has. */
  happened (what: string): Promise<number>
  tell (what: string): void
}

/** Events with the times at which they happened, so that tests need not sleep. */
export function createStory (): Story {
  const times = new Map<string, number>()
  const waiting = new Map<string, Array<(at: number) => void>>()
  return {
    happened: what => new Promise(resolve => {
      const at = times.get(what)
      if (at === undefined) waiting.set(what, [...waiting.get(what) ?? [], resolve])
      else resolve(at)
    }),
    tell (what) {
      const at = performance.now()
      times.set(what, at)
      waiting.get(what)?.forEach(resolve => resolve(at))
      waiting.delete(what)
    }
  }
}

const about = { title: 'Slow', description: 'Takes its time.', scopes: ['test:slow'] as const }
const Named = Type.Object({ as: Type.String() })
const AN_HOUR = 3_600_000

/** Tools that take long, and record in a story what happens to them. */
export function slowTools ({ tell, happened }: Story): readonly Tool[] {
  return [
    // Works until its signal is aborted.
    defineTool({
      ...about,
      name: 'work',
      input: Named,
      async handler ({ as }, { progress, signal }) {
        tell(`${as} started`)
        progress(1, 2, 'begun')
        await wait(AN_HOUR, undefined, { signal }).catch(error => {
          tell(`${as} stopped`)
          throw error
        })
        return []
      }
    }),
    // Works until the test lets it end, and ignores its signal.
    defineTool({
      ...about,
      name: 'stubborn',
      input: Named,
      async handler ({ as }, context) {
        tell(`${as} started`)
        context.progress(1)
        await happened(`${as} let go`)
        context.progress(2)
        tell(`${as} ${context.signal.aborted ? 'saw late' : 'done'}`)
        return [{ type: 'text', text: 'done' }]
      }
    }),
    defineTool({
      ...about,
      name: 'limited',
      input: Named,
      timeLimit: 0.05,
      async handler ({ as }, { signal }) {
        await wait(AN_HOUR, undefined, { signal }).catch(() => tell(`${as} ${(signal.reason as Error).name}`))
        return []
      }
    }),
    // Sends more progress than its client can read.
    defineTool({
      ...about,
      name: 'chatter',
      input: Type.Object({ times: Type.Integer(), size: Type.Integer() }),
      async handler ({ times, size }, { progress }) {
        for (let i = 1; i <= times; i++) progress(i, times, 'x'.repeat(size))
        await wait(1)
        return [{ type: 'text', text: 'done' }]
      }
    }),
    // Sends progress at once, with decreasing values, and after its answer.
    defineTool({
      ...about,
      name: 'outspoken',
      input: Named,
      handler ({ as }, { progress }) {
        progress(1, 10)
        progress(1, 10)
        progress(NaN)
        progress(0)
        progress(2.5, 10, 'two and a half')
        setImmediate(() => {
          progress(3)
          tell(`${as} spoke late`)
        })
        if (as === 'failing') throw new ToolError('no')
        return [{ type: 'text', text: 'done' }]
      }
    })
  ]
}
