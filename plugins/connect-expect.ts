import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fp from 'fastify-plugin'
import { METHODS } from '../http/method-not-allowed.ts'
import { answerRaw, rawHeaders, refusalBody } from '../http/raw-answer.ts'

const EXPECTATION_FAILED = '417 Expectation Failed'

/**
 * Answers requests for which Node calls no hook of Fastify, so that they get our headers and a log line too: CONNECT
 * (405), and an `Expect` other than `100-continue` (417, RFC 9110 §10.1.1).
 */
export default fp(async function connectExpect (app) {
  app.server.on('connect', function refuseConnect (_request: IncomingMessage, socket: Socket) {
    // Node hands the connection over with its own listener removed: a reset would end the process.
    socket.on('error', () => socket.destroy())
    app.log.info({ address: socket.remoteAddress, method: 'CONNECT', status: 405, outcome: 'denied', reason: 'broken_request', found: 'CONNECT' }, 'refused')
    answerRaw(socket, '405 Method Not Allowed', { allow: METHODS })
  })

  app.server.on('checkExpectation', function refuseExpectation (request: IncomingMessage, response: ServerResponse) {
    if (app.isAnswerable(request, response)) {
      app.log.info({ address: request.socket.remoteAddress, method: request.method, status: 417, outcome: 'denied', reason: 'broken_request', found: 'Expect' }, 'refused')
      response.writeHead(417, rawHeaders(EXPECTATION_FAILED)).end(refusalBody(EXPECTATION_FAILED))
    }
  })
}, {
  name: 'connect-expect',
  fastify: '5.x',
  dependencies: ['slow-clients']
})
