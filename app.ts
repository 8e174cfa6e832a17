import { maxHeaderSize, type Server } from 'node:http'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { metadataPaths, metadataUrl, resourceMetadata } from './auth/metadata.ts'
import { createTokenCache } from './auth/token-cache.ts'
import type { Config } from './config.ts'
import { mostConnections } from './http/most-connections.ts'
import { createServer } from './http/server.ts'
import { createProtocol } from './mcp/protocol.ts'
import { createSealer } from './mcp/elicitation/seal.ts'
import type { Access, ServerInfo, Tool } from './mcp/tool.ts'
import auth from './plugins/auth.ts'
import connectExpect from './plugins/connect-expect.ts'
import connections from './plugins/connections.ts'
import errors from './plugins/errors.ts'
import headerCount from './plugins/header-count.ts'
import headers from './plugins/headers.ts'
import inFlight from './plugins/in-flight.ts'
import keys from './plugins/keys.ts'
import limits from './plugins/limits.ts'
import notFound from './plugins/not-found.ts'
import origin from './plugins/origin.ts'
import overload, { OVERLOAD, type OverloadOptions } from './plugins/overload.ts'
import requestEnd from './plugins/request-end.ts'
import requestLog from './plugins/request-log.ts'
import rpcErrors from './plugins/rpc-errors.ts'
import scopes from './plugins/scopes.ts'
import slowClients, { SEND_LIMITS, type SendLimits } from './plugins/slow-clients.ts'
import uploads, { UPLOAD_ROOM } from './plugins/uploads.ts'
import { openTools } from './process/open-tools.ts'
import health from './routes/health.ts'
import mcp from './routes/mcp.ts'
import metadata from './routes/metadata.ts'
import type { PageOptions } from './routes/page.ts'
import { access as ownAccess, server as ownServer, tools as ownTools } from './tools/index.ts'
import { hasTracing } from './tracing/detect.ts'

/** How the server is built. All but `config` have defaults. */
export interface AppOptions {
  readonly config: Config
  /** Default: those of `tools/index.ts`. */
  readonly tools?: readonly Tool[]
  /** Rules for all tools. Default: those of `tools/index.ts`, if the tools are. */
  readonly access?: Access
  /** Name, version and instructions. Default: those of `tools/index.ts`. */
  readonly server?: ServerInfo
  /** Milliseconds of silence after which a stream gets a comment. Default 15,000. */
  readonly keepAliveMs?: number
  /** Fastify's logger options. Default: none. */
  readonly logger?: FastifyServerOptions['logger']
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined
  /** Bounds on the answers that wait until a client reads them. Default: SEND_LIMITS. */
  readonly sendLimits?: Partial<SendLimits>
  /** Connections at the same time. Default: see `http/most-connections.ts`. */
  readonly maxConnections?: number
  /** Bytes that all incomplete bodies may hold together. Default: UPLOAD_ROOM, or two bodies of the largest size. */
  readonly uploadRoom?: number
  /** When the server counts as overloaded. Default: OVERLOAD. */
  readonly overload?: OverloadOptions
  /** Milliseconds that closing gives to the requests in flight. Default: SHUTDOWN_GRACE. */
  readonly grace?: number
  /** What `npm run dev` adds to the page for people. Default: nothing. */
  readonly pageAddition?: PageOptions['addition']
  /** Stops new connections when the server closes. Default: closes the listener. */
  readonly endIntake?: (() => Promise<void>) | undefined
  /** Makes the HTTP server, for tests that need the raw requests. */
  readonly serverFactory?: FastifyServerOptions['serverFactory']
}

/** The server, before it listens. */
export type App = FastifyInstance<Server>

/**
 * Composes the server: options, plugins, routes. A request passes them in the order of this function. Opens no port;
 * the caller uses `listen` or `inject`.
 * @throws Error if the declaration of a tool is wrong, or if a setting does not fit the tools
 */
export async function buildApp (options: AppOptions): Promise<App> {
  const { config, server = ownServer, now = Date.now, logger, serverFactory } = options
  const { bodyLimit, issuers, resourceUrl, trustProxy } = config
  const delay = config.shutdown.delay * 1000
  const grace = options.grace ?? config.shutdown.grace * 1000
  const app = createServer({ logger, serverFactory, trustProxy, bodyLimit, closeTimeoutMs: delay + grace })

  const traced = hasTracing() ? await import('./plugins/tracing.ts') : undefined
  const access = options.access ?? (options.tools === undefined ? ownAccess : {})
  const tools = (options.tools ?? ownTools).map(tool => traced?.tracedTool(tool) ?? tool)
  const { registry, loginScopes, remember } = await openTools({ tools, server, access, config, log: app.log, now })

  // First, since nothing else may run for a connection that it ends.
  await app.register(slowClients, { limits: { ...SEND_LIMITS, ...options.sendLimits } })
  await app.register(connections, { most: options.maxConnections ?? mostConnections() })
  await app.register(connectExpect)
  await app.register(requestEnd)
  await app.register(requestLog)
  await app.register(inFlight, { delay, grace, endIntake: options.endIntake })
  await app.register(headers)
  await app.register(errors, { resourceMetadata: metadataUrl(resourceUrl), scopes: loginScopes })
  await app.register(rpcErrors)
  await app.register(headerCount)
  await app.register(origin, { hosts: config.allowedHosts, origins: config.allowedOrigins, resourceUrl })
  await app.register(overload, { limits: options.overload ?? OVERLOAD })
  await app.register(notFound)
  await app.register(limits, { ...config.limits, serverName: resourceUrl, now: options.now ?? (() => performance.now()) })
  await app.register(keys, { issuers, ...config.keys, now })
  const cache = createTokenCache(app.keys)
  if (config.metrics !== undefined) {
    const { default: metrics } = await import('./plugins/metrics.ts')
    await app.register(metrics, { tools: tools.map(({ name }) => name), keys: app.keys, cache })
  }
  if (traced !== undefined) await app.register(traced.default)
  await app.register(auth, {
    keys: traced?.tracedKeys(app.keys) ?? app.keys,
    cache,
    claims: config.claims,
    scopeClaims: config.scopeClaims,
    callerClaims: config.callerClaims,
    access: config.access,
    maxTokenLength: maxHeaderSize,
    countRefusal: address => app.countRefusal(address),
    onVerified: remember,
    now
  })
  await app.register(uploads, { room: options.uploadRoom ?? Math.max(UPLOAD_ROOM, 2 * bodyLimit) })
  await app.register(scopes)

  const endpoints = [...new Set(['/mcp', new URL(resourceUrl).pathname])]
  await app.register(metadata, { document: resourceMetadata(resourceUrl, issuers, loginScopes, server.title), paths: metadataPaths(resourceUrl) })
  await app.register(health, { isReady: () => app.keys.ready })
  if (config.landingPage) {
    const shown = config.listTools === 'all' ? registry : { ...registry, tools: [] }
    const { default: page } = await import('./routes/page.ts')
    await app.register(page, { about: { server, registry: shown, resourceUrl, issuers, loginScopes }, endpoints, addition: options.pageAddition })
  }
  await app.register(mcp, {
    protocol: createProtocol(registry, server, {
      sealer: createSealer(config.stateSecret),
      limiter: app.callLimiter,
      approvals: app.approvals,
      outputLimit: config.outputLimit,
      listing: config.listTools
    }),
    paths: endpoints,
    hasPage: config.landingPage,
    keepAliveMs: options.keepAliveMs,
    now
  })
  return app
}
