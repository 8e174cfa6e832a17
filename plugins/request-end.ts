import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { forLog } from '../auth/refusal.ts'
import { faultOf, type BrokenRequest } from '../http/broken-request.ts'
import { isCutOff, onClosed } from '../http/closed.ts'
import { startRecord, type CallRecord, type Outcome } from '../mcp/calls/call-record.ts'
import type { RpcCall } from '../mcp/exchange.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Adds an observer of the end of requests. */
    observe (observer: Observer): void
    /** Starts the records of these calls, if an observer reads them. */
    recordCalls (reply: FastifyReply, calls: readonly RpcCall[]): void
  }
  interface FastifyRequest {
    /** The calls of a message, once it is classified; null if no observer reads them or there are none. */
    records: readonly CallRecord[] | null
  }
}

/** How a request ended. */
export interface RequestEnd {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** The status of the answer, or 499 if the client left before there was one. */
  readonly status: number
  /** Whether the client left before the answer was out. */
  readonly isAborted: boolean
  /** Why the body could not be read to its end, if that is what ended the request. */
  readonly fault: BrokenRequest | undefined
  /** The outcome of every call whose record has none of its own. */
  readonly outcome: Outcome
}

/** Watches requests, such as the log. */
export interface Observer {
  /** Whether it reads the records of calls. Default: no. */
  readsCalls?: boolean
  /** A request has begun. */
  began?: () => void
  /** The calls of a request are known, and their records are started. */
  started?: (reply: FastifyReply, calls: readonly RpcCall[]) => void
  ended (end: RequestEnd): void
}

/** The status that nginx logs for a client that left before its answer. */
const CLIENT_GONE = 499

/** Tells observers when a request begins and when it is over, and keeps the records of its calls for them. */
export default fp(async function requestEnd (app) {
  const observers: Observer[] = []
  let recordsCalls = false
  app.decorateRequest('records', null)

  app.decorate('observe', observer => {
    observers.push(observer)
    recordsCalls ||= observer.readsCalls === true
  })

  app.decorate('recordCalls', function recordCalls (reply, calls) {
    if (calls.length === 0 || !recordsCalls) return
    reply.request.records = calls.map(call => startRecord(call, forLog))
    for (const { started } of observers) started?.(reply, calls)
  })

  // Not onResponse: Fastify skips it when the client leaves before its answer.
  app.addHook('onRequest', function endWhenClosed (request, reply, done) {
    for (const { began } of observers) began?.()
    onClosed(reply.raw, () => {
      // Node also reports an answer as sent if its socket had just been closed.
      const isCut = isCutOff(reply.raw) || request.records?.some(({ outcome }) => outcome === 'aborted') === true
      const isUnanswered = isCut && !reply.raw.headersSent
      const fault = isUnanswered ? faultOf(request.raw) : undefined
      const isAborted = isCut && fault === undefined
      const status = fault?.status ?? (isUnanswered ? CLIENT_GONE : reply.statusCode)
      const end: RequestEnd = { request, reply, status, isAborted, fault, outcome: outcomeOf(status, isAborted) }
      for (const observer of observers) tell(observer, end)
    })
    done()
  })

  // This runs in a listener, where an error would end the process, and the other observers still have to count and log.
  function tell (observer: Observer, end: RequestEnd): void {
    try {
      observer.ended(end)
    } catch (error) {
      app.log.error({ err: error, reqId: end.request.id }, 'an observer of the end of a request failed')
    }
  }
}, {
  name: 'request-end',
  fastify: '5.x'
})

function outcomeOf (status: number, isAborted: boolean): Outcome {
  if (isAborted) return 'aborted'
  if (status < 400) return 'ok'
  if (status === 429) return 'limited'
  return status < 500 ? 'denied' : 'failed'
}
