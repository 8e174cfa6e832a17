import type { FastifyBaseLogger } from 'fastify'

type Child = Parameters<FastifyBaseLogger['child']>
const METHODS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/**
 * Lets a logger make its children on first use. Fastify makes one for each request, and most requests never use it.
 * Not by `childLoggerFactory`: Fastify checks every logger that such a factory gives, for each request.
 */
export function makeChildrenLazily (logger: FastifyBaseLogger): void {
  const { child } = logger
  logger.child = function (this: FastifyBaseLogger, ...args: Child) {
    return new LazyLogger(() => child.apply(this, args)) as unknown as FastifyBaseLogger
  }
}

class LazyLogger {
  readonly #make: () => FastifyBaseLogger
  #made: FastifyBaseLogger | undefined

  constructor (make: () => FastifyBaseLogger) {
    this.#make = make
  }

  child (...args: Child): FastifyBaseLogger {
    return this.made.child(...args)
  }

  get made (): FastifyBaseLogger {
    this.#made ??= this.#make()
    return this.#made
  }
}

for (const method of METHODS) {
  Object.defineProperty(LazyLogger.prototype, method, {
    value (this: LazyLogger, ...line: Parameters<FastifyBaseLogger['info']>) { this.made[method](...line) }
  })
}
