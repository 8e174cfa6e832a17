import { randomBytes } from 'node:crypto'
import { maxHeaderSize, type Server } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { createKeyRing } from './auth/key-ring.ts'
import { metadataPaths, metadataUrl, resourceMetadata } from './auth/metadata.ts'
import { createTokenCache } from './auth/token-cache.ts'
import type { Config } from './config.ts'
import { createProtocol } from './mcp/protocol.ts'
import { createRegistry } from './mcp/registry.ts'
import { createSealer } from './mcp/seal.ts'
import type { Tool } from './mcp/tool.ts'
import auth from './plugins/auth.ts'
import { answerBrokenRequest } from './plugins/broken-request.ts'
import cors from './plugins/cors.ts'
import drain from './plugins/drain.ts'
import errors, { answerBadTarget } from './plugins/errors.ts'
import guard from './plugins/guard.ts'
import headers from './plugins/headers.ts'
import { lazyLogger } from './plugins/lazy-logger.ts'
import notFound from './plugins/not-found.ts'
import { RequestLog } from './plugins/request-log.ts'
import scopes from './plugins/scopes.ts'
import health from './routes/health.ts'
import mcp from './routes/mcp.ts'
import metadata from './routes/metadata.ts'
import { tools as ownTools } from './tools/index.ts'

export interface AppOptions {
  readonly config: Config
  /** Default: those of `tools/index.ts`. */
  readonly tools?: readonly Tool[]
  /** Fastify's logger options. Default: none. */
  readonly logger?: FastifyServerOptions['logger']
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number
  /** Makes the HTTP server; for whoever has to see the raw requests. */
  readonly serverFactory?: FastifyServerOptions['serverFactory']
}

export type App = FastifyInstance<Server>

export const SERVER_INFO = { name: 'auth0-mcp-server', title: 'MCP server behind Auth0', version: '0.1.0' } as const

const BODY_LIMIT = 1024 * 1024
const HEADERS_TIMEOUT_MS = 15_000
const REQUEST_TIMEOUT_MS = 30_000
const GRACE_MS = 10_000

/**
 * Composes the server: what comes in goes through guard, CORS, authentication, the protocol and its scopes to a tool.
 * Opens nothing; `listen` or `inject` is the caller's.
 * @throws Error where a tool's declaration is wrong
 */
export async function buildApp ({ config, tools = ownTools, logger = false, now = Date.now, serverFactory }: AppOptions): Promise<App> {
  const requestLog = new RequestLog()
  const app = Fastify({
    logger,
    logController: requestLog,
    childLoggerFactory: lazyLogger,
    trustProxy: config.trustProxy,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { ignoreTrailingSlash: true },
    // The one schema here is ours: to check it against its meta-schema would take a tenth of the start.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, validateSchema: false } },
    genReqId: requestIds(),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBadTarget,
    // What comes in on an open connection while the server stops is still answered, as the last thing on it.
    return503OnClosing: false,
    // This also bounds the closing, which has a bound of its own.
    pluginTimeout: 2 * GRACE_MS,
    ...(serverFactory && { serverFactory })
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App
  // Those above Node's 2,000 would be dropped without a word, and with them what must not stand twice.
  app.server.maxHeadersCount = 0

  const registry = createRegistry(tools)
  const keys = createKeyRing({
    issuers: config.issuers,
    now,
    ...config.keys,
    onFailure: (issuer, error) => app.log.warn({ issuer, err: error }, 'the key set cannot be had')
  })
  // Not waited for: the server can say that it is not ready, and a first caller waits for what is under way.
  app.addHook('onReady', async () => { keys.prefetch() })
  app.addHook('onClose', async () => keys.close())

  await app.register(drain, { grace: GRACE_MS, onEnd: (request, reply) => requestLog.write(request, reply) })
  await app.register(headers)
  await app.register(errors, { resourceMetadata: metadataUrl(config.resourceUrl), scopes: registry.scopes })
  await app.register(guard, { hosts: config.allowedHosts, origins: config.allowedOrigins })
  await app.register(cors)
  await app.register(notFound)
  await app.register(auth, {
    keys,
    cache: createTokenCache(keys),
    claims: config.claims,
    scopeClaims: config.scopeClaims,
    access: config.access,
    maxTokenLength: maxHeaderSize,
    now
  })
  await app.register(scopes)

  await app.register(metadata, {
    document: resourceMetadata(config.resourceUrl, config.issuers, registry.scopes, SERVER_INFO.title),
    paths: metadataPaths(config.resourceUrl)
  })
  await app.register(health, { isReady: () => keys.ready })
  await app.register(mcp, {
    protocol: createProtocol(registry, SERVER_INFO, createSealer(config.stateSecret)),
    paths: [...new Set(['/mcp', new URL(config.resourceUrl).pathname])],
    now
  })
  return app
}

// Unique among processes and restarts, so that an id that a caller reports finds its line.
function requestIds (): () => string {
  const start = randomBytes(4).toString('hex')
  let count = 0
  return () => `${start}-${(count++).toString(36)}`
}
