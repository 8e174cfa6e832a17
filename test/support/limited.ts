import { Type } from '@sinclair/typebox'
import { defineTool } from '../../mcp/tool.ts'

/** The environment of low limits. */
export const BOUNDS = { RATE_LIMIT_MAX: '3', RATE_LIMIT_WINDOW: '10', CONCURRENT_CALLS_MAX: '2' }

/** A tool that does this work, with limits of its own. */
export function makeTool (name: string, work: (context: Parameters<Parameters<typeof defineTool>[0]['handler']>[1]) => void | Promise<void>, more: object = {}): ReturnType<typeof defineTool> {
  return defineTool({
    name,
    title: name,
    description: name,
    scopes: ['tool:whoami'],
    input: Type.Object({}),
    handler (_input, context) {
      const done = work(context)
      return done instanceof Promise ? done.then(() => []) : []
    },
    ...more
  })
}
