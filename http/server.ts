import type { Server } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { answerBadTarget } from './bad-target.ts'
import { answerBrokenRequest } from './broken-request.ts'
import { FrameworkLog } from './framework-log.ts'
import { makeChildrenLazily } from './lazy-logger.ts'
import { printableLog } from './printable-log.ts'
import { requestIds } from './request-ids.ts'
import { trustedHops } from './trusted-hops.ts'

/** The options of the bare HTTP server. */
export interface HttpOptions {
  readonly logger: FastifyServerOptions['logger']
  readonly serverFactory: FastifyServerOptions['serverFactory']
  /** Whose `X-Forwarded-For` is believed: see http/trusted-hops.ts. */
  readonly trustProxy: boolean | string
  /** Bytes of a request body. */
  readonly bodyLimit: number
  /** How long closing takes at most, in milliseconds. */
  readonly closeTimeoutMs: number
}

const HEADERS_TIMEOUT_MS = 15_000
const REQUEST_TIMEOUT_MS = 30_000
const PLUGIN_TIMEOUT_MS = 10_000

/** Makes the bare HTTP server, with every limit and every handler that Fastify takes as an option. */
export function createServer ({ logger = false, serverFactory, trustProxy, bodyLimit, closeTimeoutMs }: HttpOptions): FastifyInstance<Server> {
  const app = Fastify({
    logger: printableLog(logger),
    logController: new FrameworkLog(),
    trustProxy: trustedHops(trustProxy),
    bodyLimit,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A request without Host is refused by plugins/origin.ts, which also logs it.
    http: { headersTimeout: HEADERS_TIMEOUT_MS, requireHostHeader: false },
    routerOptions: { ignoreTrailingSlash: true },
    // The only schema is our own. Checking it against its meta-schema would take a tenth of the start, and V8 optimizes
    // the code of the validator anyway.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, validateSchema: false, code: { optimize: false } } },
    genReqId: requestIds(),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBadTarget,
    // A request on an open connection is still answered while the server stops.
    return503OnClosing: false,
    // Fastify applies this limit to closing too.
    pluginTimeout: Math.max(PLUGIN_TIMEOUT_MS, 2 * closeTimeoutMs),
    ...(serverFactory && { serverFactory })
  })
  if (logger !== false) makeChildrenLazily(app.log)
  return app
}
