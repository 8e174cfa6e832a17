import fp from 'fastify-plugin'
import { Refusal } from '../auth/refusal.ts'

/** When the server counts as overloaded. */
export interface OverloadOptions {
  /** Milliseconds by which the event loop may be late. */
  readonly maxDelay: number
  /** Milliseconds between two measurements. */
  readonly interval: number
}

/** The defaults. */
export const OVERLOAD: OverloadOptions = { maxDelay: 500, interval: 100 }

/** One late measurement may be a pause of the garbage collector. */
const LATE_IN_A_ROW = 2
/** Seconds; by then the requests that are already here have their answers. */
const RETRY_AFTER = 2

/**
 * Refuses new requests with 503 while the event loop is late, before the token is checked: while the queue grows, no
 * request is answered in time. Health and metadata are still answered. A timer measures its own delay, and requests do
 * while it cannot run. @fastify/under-pressure uses a histogram, and does not let us choose the answer.
 */
export default fp<{ readonly limits: OverloadOptions }>(async function overload (app, { limits: { maxDelay, interval } }) {
  let last = 0
  let late = 0
  let lateRequest = 0
  let timer: NodeJS.Timeout | undefined

  app.addHook('onReady', async function startToMeasure () {
    last = performance.now()
    timer = setInterval(measure, interval).unref()
  })
  app.addHook('onClose', async () => clearInterval(timer))

  app.addHook('onRequest', function refuseNewRequest (request, _reply, done) {
    if ((late < LATE_IN_A_ROW && !isBlocked()) || request.routeOptions.config.public === true) return done()
    done(new Refusal('overloaded', { retryAfter: RETRY_AFTER }))
  })

  // Node reads from all connections in one turn of the event loop, and no timer fires meanwhile. Without this check it
  // would take hundreds of costly requests that arrive together. The first late one is taken, since it may have waited
  // for the garbage collector.
  function isBlocked (): boolean {
    const now = performance.now()
    if (now - last <= interval + maxDelay) return false
    if (lateRequest === 0) lateRequest = now
    return now - lateRequest > maxDelay
  }

  function measure (): void {
    const now = performance.now()
    lateRequest = 0
    const delay = now - last - interval
    last = now
    late = delay > maxDelay ? late + 1 : 0
    if (late === LATE_IN_A_ROW) app.log.warn({ delay: Math.round(delay) }, 'the server is overloaded and refuses requests')
  }
}, {
  name: 'overload',
  fastify: '5.x',
  dependencies: ['errors']
})
