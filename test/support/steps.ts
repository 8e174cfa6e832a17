/** Steps whose results are printed one by one, with handlers that clean up. */
export interface Steps {
  /** Runs a step. It fails if it throws or takes too long. */
  step (title: string, run: () => Promise<unknown>): Promise<void>
  /** Handlers run at the end, the last one first. */
  teardown (handler: () => unknown): void
  /** Cleans up, prints how many steps passed, and sets the exit code. */
  end (): Promise<void>
}

const MOST_MS = 30_000

/**
 * Runs steps outside tap.
 *
 * @param limitMs milliseconds that one step may take. Default: 30 s
 */
export function createSteps ({ limitMs = MOST_MS } = {}): Steps {
  const handlers: Array<() => unknown> = []
  let passed = 0
  let failed = 0

  return {
    async step (title, run) {
      try {
        await within(limitMs, run())
        passed++
        console.log(`ok - ${title}`)
      } catch (error) {
        failed++
        console.log(`not ok - ${title}`)
        console.error(error)
      }
    },
    teardown (handler) { handlers.unshift(handler) },
    async end () {
      for (const handler of handlers) {
        await within(MOST_MS, Promise.resolve().then(handler)).catch(error => { failed++; console.error(error) })
      }
      console.log(`${passed} passed, ${failed} failed`)
      if (failed > 0) process.exitCode = 1
    }
  }
}

async function within<Result> (ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms / 1000} s`)), ms)
  })
  return Promise.race([work, tooLong]).finally(() => clearTimeout(timer))
}
