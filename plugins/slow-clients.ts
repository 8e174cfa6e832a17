import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fp from 'fastify-plugin'
import { hangUp } from '../http/hang-up.ts'
import { excess, SendQueue } from '../http/send-queue.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether an answer to this request can be sent. Ends the connection if too much waits on it already. */
    isAnswerable (request: IncomingMessage, response: ServerResponse): boolean
    /** Ends connections until the bytes that wait for clients are within the bound. Call it after queueing a large answer. */
    boundWaiting (): void
    /** Whether connections that were ended for their waiting bytes still hold them. Until they do not, make no answer. */
    isSendMemoryFull (): boolean
  }
}

/** Bounds on the answers that wait until a client reads them. */
export interface SendLimits {
  /** Milliseconds in which a byte must leave the process after it was queued. */
  readonly timeout: number
  /** Answers of one connection behind the one that is being sent (pipelining). */
  readonly depth: number
  /** Bytes of one connection above which no further request of it is taken. */
  readonly connection: number
  /** Bytes of all connections together. */
  readonly total: number
}

/** The defaults. */
export const SEND_LIMITS: SendLimits = {
  timeout: 30_000,
  depth: 32,
  connection: 1024 * 1024,
  total: 64 * 1024 * 1024
}

/** Checks of all connections within the timeout. */
const SWEEPS = 30
/** Requests between two checks of the total. */
const REQUESTS_PER_CHECK = 64

type Reason = 'answer_not_taken' | 'too_many_requests_ahead' | 'too_much_waiting'

/**
 * Ends the connection of a client that does not read its answers, since Node has no time limit for an answer that waits.
 * A timer checks all sockets, so that a request costs next to nothing. A connection on which nothing waits, such as that
 * of a slow tool or a silent stream, is never ended here.
 */
export default fp<{ readonly limits: SendLimits }>(async function slowClients (app, { limits }) {
  const queues = new Map<Socket, SendQueue>()
  let requests = 0
  let full = false
  let timer: NodeJS.Timeout | undefined

  app.decorate('boundWaiting', boundWaiting)
  app.decorate('isSendMemoryFull', () => full)
  app.server.on('connection', function watchOrEnd (socket: Socket) {
    // No address: the client reset the connection before it was accepted. Node keeps an address that was read once, so a
    // log line has it after a later reset too.
    if (socket.remoteAddress === undefined) socket.destroy()
    else watch(socket)
  })
  app.addHook('onReady', async () => { timer = setInterval(sweep, limits.timeout / SWEEPS).unref() })
  app.addHook('onClose', async () => clearInterval(timer))

  app.decorate('isAnswerable', isAnswerable)
  app.addHook('onRequest', function boundRequests (request, reply, done) {
    if (isAnswerable(request.raw, reply.raw)) done()
  })

  function isAnswerable ({ socket }: IncomingMessage, response: ServerResponse): boolean {
    if (response.socket === null) addBehind(response, watch(socket))
    if (++requests % REQUESTS_PER_CHECK === 0) boundWaiting()
    return !socket.destroyed
  }

  function watch (socket: Socket): SendQueue {
    let queue = queues.get(socket)
    if (queue === undefined) {
      queue = new SendQueue(socket)
      queues.set(socket, queue)
      socket.once('close', () => queues.delete(socket))
    }
    return queue
  }

  function addBehind (response: ServerResponse, queue: SendQueue): void {
    queue.add(response)
    if (queue.depth > limits.depth) end(queue, 'too_many_requests_ahead')
    else if (queue.bytes > limits.connection) end(queue, 'too_much_waiting')
  }

  function sweep (): void {
    for (const queue of queues.values()) {
      if (queue.isOverdue(SWEEPS)) end(queue, 'answer_not_taken')
    }
    boundWaiting()
  }

  function boundWaiting (): void {
    for (const queue of excess(queues.values(), limits.total)) {
      end(queue, 'too_much_waiting')
      if (!full) waitForMemory()
    }
  }

  // An ended connection gives its memory back in the last phase of this turn of the event loop, and Node may read from
  // all others before that. The second callback runs in the next turn.
  function waitForMemory (): void {
    full = true
    setImmediate(() => setImmediate(() => { full = false }))
  }

  function end (queue: SendQueue, reason: Reason): void {
    const { socket, bytes } = queue
    if (!socket.destroyed) {
      app.log.info({ reason, bytes }, 'connection ended')
      hangUp(socket)
    }
  }
}, {
  name: 'slow-clients',
  fastify: '5.x'
})
