import { noteError, noteResult } from './calls/call-record.ts'
import { Cancelled, RpcError } from './errors.ts'
import type { CallOptions, Channel, Exchange, Reply, RpcCall } from './exchange.ts'
import { batchResponse, errorResponse, resultResponse, type Result } from './response.ts'
import { failure } from './results.ts'

const ACCEPTED: Reply = Object.freeze({ status: 202 })
/** The status that nginx logs for a client that left before its answer. */
const GONE: Reply = Object.freeze({ status: 499 })

/**
 * Answers an exchange. Never throws and never rejects: a failure is an answer too.
 * @param batchLimit characters that the answers to a batch have together. Default: any number
 */
export function answer ({ calls, batch }: Exchange, options: CallOptions, batchLimit = Infinity): Reply | Promise<Reply> {
  const [call] = calls
  if (call === undefined) return ACCEPTED
  return batch ? answerAll(calls, options, batchLimit) : answerOne(call, options)
}

function answerOne (call: RpcCall, options: CallOptions): Reply | Promise<Reply> {
  try {
    const result = call.method(call, options)
    return result instanceof Promise ? settle(result, call, options) : succeeded(call, result)
  } catch (error) {
    return failed(call, error, options)
  }
}

async function settle (result: Promise<Result>, call: RpcCall, options: CallOptions): Promise<Reply> {
  try {
    return succeeded(call, await result)
  } catch (error) {
    return failed(call, error, options)
  }
}

async function answerAll (calls: readonly RpcCall[], options: CallOptions, batchLimit: number): Promise<Reply> {
  // The answers are sent together, so there is no stream for progress.
  const channel: Channel = { notify () {}, onGone: gone => options.channel.onGone(gone) }
  let left = batchLimit
  const replies = await Promise.all(calls.map(call => {
    const reply = answerOne(call, { ...options, channel })
    return reply instanceof Promise ? reply.then(reply => fitting(call, reply)) : fitting(call, reply)
  }))
  return {
    status: 200,
    body: batchResponse(replies.map(({ body }) => body)),
    requestId: replies.find(({ requestId }) => requestId !== undefined)?.requestId,
    retryAfter: Math.max(0, ...replies.map(({ retryAfter = 0 }) => retryAfter)) || undefined
  }

  // Each answer is within OUTPUT_LIMIT, but twenty of them together could fill the memory.
  function fitting (call: RpcCall, reply: Reply): Reply {
    const { length } = reply.body ?? ''
    if (length > left) return succeeded(call, failure('The answers to this batch are too large together (OUTPUT_LIMIT). Send this call alone.'))
    left -= length
    return reply
  }
}

function succeeded ({ request, record }: RpcCall, result: Result): Reply {
  if (record !== undefined) noteResult(record, result)
  return { status: 200, body: resultResponse(request.id, result) }
}

function failed ({ request: { id }, tool, record }: RpcCall, error: unknown, { log, caller, requestId }: CallOptions): Reply {
  if (record !== undefined) noteError(record, error)
  if (error instanceof RpcError) return { status: error.status, body: errorResponse(id, error), retryAfter: error.retryAfter }
  const name = tool?.declaration.name
  if (error instanceof Cancelled) {
    log.info({ tool: name, client: caller.clientId }, 'cancelled: the client went away')
    return GONE
  }
  log.error({ err: error, tool: name }, 'a tool failed')
  return { status: 200, body: errorResponse(id, new RpcError('internal', 'Internal error', { data: { requestId } })), requestId }
}
