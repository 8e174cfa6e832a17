import type { FastifyBaseLogger } from 'fastify'

type Child = Parameters<FastifyBaseLogger['child']>
const METHODS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/**
 * The logger of a request. It is made on first use, and most requests never use it.
 * For Fastify's `childLoggerFactory`.
 */
export function lazyLogger (logger: FastifyBaseLogger, ...child: Child): FastifyBaseLogger {
  return new LazyLogger(logger, child) as unknown as FastifyBaseLogger
}

class LazyLogger {
  readonly #parent: FastifyBaseLogger
  readonly #child: Child
  #made: FastifyBaseLogger | undefined

  constructor (parent: FastifyBaseLogger, child: Child) {
    this.#parent = parent
    this.#child = child
  }

  child (...child: Child): FastifyBaseLogger {
    return this.made.child(...child)
  }

  get made (): FastifyBaseLogger {
    this.#made ??= this.#parent.child(...this.#child)
    return this.#made
  }
}

for (const method of METHODS) {
  Object.defineProperty(LazyLogger.prototype, method, {
    value (this: LazyLogger, ...line: Parameters<FastifyBaseLogger['info']>) { this.made[method](...line) }
  })
}
