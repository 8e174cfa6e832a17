import type { CallOptions, Channel } from './channel.ts'
import { Cancelled, errorResponse, RpcError } from './errors.ts'
import type { Exchange, RpcCall } from './protocol.ts'
import type { RpcRequest } from './schema.ts'

/** The answer to an exchange. Without a body there is nothing to say: 202. */
export interface Reply {
  readonly status: number
  /** JSON text, or its bytes. */
  readonly body?: string | Buffer
}

const ACCEPTED: Reply = Object.freeze({ status: 202 })
const END = Buffer.from('}')
// What nginx logs for a client that did not wait; nobody will see it.
const GONE: Reply = Object.freeze({ status: 499 })

/** Answers an exchange. Never throws, never rejects: a failure is an answer too. */
export function answer ({ calls, batch }: Exchange, options: CallOptions): Reply | Promise<Reply> {
  const [call] = calls
  if (call === undefined) return ACCEPTED
  return batch ? answerAll(calls, options) : answerOne(call, options)
}

function answerOne ({ request, method }: RpcCall, options: CallOptions): Reply | Promise<Reply> {
  try {
    const result = method(request, options)
    return result instanceof Promise ? settle(result, request, options) : succeeded(request, result)
  } catch (error) {
    return failed(request, error, options)
  }
}

async function settle (result: Promise<string>, request: RpcRequest, options: CallOptions): Promise<Reply> {
  try {
    return succeeded(request, await result)
  } catch (error) {
    return failed(request, error, options)
  }
}

async function answerAll (calls: readonly RpcCall[], options: CallOptions): Promise<Reply> {
  // The answers come together, so that there is no stream to tell progress on.
  const channel: Channel = { notify () {}, onGone: gone => options.channel.onGone(gone) }
  const replies = await Promise.all(calls.map(call => answerOne(call, { ...options, channel })))
  return { status: 200, body: `[${replies.map(({ body }) => body).join(',')}]` }
}

function succeeded ({ id }: RpcRequest, result: string | Buffer): Reply {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`
  // A list of a thousand tools is copied once as bytes, and three times as text.
  return { status: 200, body: typeof result === 'string' ? `${head}${result}}` : Buffer.concat([Buffer.from(head), result, END]) }
}

function failed ({ id, params }: RpcRequest, error: unknown, { log, caller }: CallOptions): Reply {
  if (error instanceof RpcError) return { status: error.status, body: errorResponse(id, error) }
  if (error instanceof Cancelled) {
    log.info({ tool: params['name'], client: caller.clientId }, 'cancelled: the client went away')
    return GONE
  }
  log.error({ err: error, tool: params['name'] }, 'a tool failed')
  return { status: 200, body: errorResponse(id, new RpcError('internal', 'Internal error')) }
}
