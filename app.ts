import { maxHeaderSize, type Server } from 'node:http'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { createKeyRing } from './auth/keys/ring.ts'
import { metadataPaths, metadataUrl, resourceMetadata } from './auth/metadata.ts'
import { createTokenCache } from './auth/token-cache.ts'
import type { Config } from './config.ts'
import { createServer } from './http/server.ts'
import { createProtocol } from './mcp/protocol.ts'
import { createRegistry } from './mcp/registry.ts'
import { createSealer } from './mcp/seal.ts'
import type { Access, ServerInfo, Tool } from './mcp/tool.ts'
import auth from './plugins/auth.ts'
import errors from './plugins/errors.ts'
import headers from './plugins/headers.ts'
import inFlight from './plugins/in-flight.ts'
import limits from './plugins/limits.ts'
import notFound from './plugins/not-found.ts'
import origin from './plugins/origin.ts'
import overload, { OVERLOAD, type OverloadOptions } from './plugins/overload.ts'
import requestEnd from './plugins/request-end.ts'
import requestLog from './plugins/request-log.ts'
import rpcErrors from './plugins/rpc-errors.ts'
import scopes from './plugins/scopes.ts'
import slowClients, { SEND_LIMITS, type SendLimits } from './plugins/slow-clients.ts'
import unhandled from './plugins/unhandled.ts'
import uploads, { UPLOAD_ROOM } from './plugins/uploads.ts'
import { baselineOf, refuseSharedApprovals, refuseUnseenClaims, warnOfApis } from './process/tool-settings.ts'
import health from './routes/health.ts'
import mcp from './routes/mcp.ts'
import metadata from './routes/metadata.ts'
import type { PageOptions } from './routes/page.ts'
import { access as ownAccess, server as ownServer, tools as ownTools } from './tools/index.ts'
import { hasTracing } from './tracing/detect.ts'

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
  readonly now?: () => number
  /** Bounds on what waits until a client takes it. Default: SEND_LIMITS. */
  readonly sendLimits?: Partial<SendLimits>
  /** Bytes that all bodies may hold that are not complete yet. Default: UPLOAD_ROOM, or two bodies of the largest size. */
  readonly uploadRoom?: number
  /** When the server counts as overloaded. Default: OVERLOAD. */
  readonly overload?: OverloadOptions
  /** Milliseconds that closing gives to the requests in flight. Default: SHUTDOWN_GRACE. */
  readonly grace?: number
  /** What `npm run dev` adds to the page for people. Default: nothing. */
  readonly pageAddition?: PageOptions['addition']
  /** Ends the flow of new connections when the server closes. Default: closes the listener. */
  readonly endIntake?: (() => Promise<void>) | undefined
  /** Makes the HTTP server, for tests that need the raw requests. */
  readonly serverFactory?: FastifyServerOptions['serverFactory']
}

export type App = FastifyInstance<Server>

export { server as SERVER_INFO } from './tools/index.ts'

/**
 * Composes the server: options, plugins, routes. A request passes them in the order of this function. Opens no port;
 * the caller uses `listen` or `inject`.
 * @throws Error if the declaration of a tool is wrong
 */
export async function buildApp (options: AppOptions): Promise<App> {
  const { config, tools: plainTools = ownTools, server = ownServer, keepAliveMs, now = Date.now, sendLimits, logger, serverFactory } = options
  const access = options.access ?? (options.tools === undefined ? ownAccess : {})
  const { bodyLimit, trustProxy } = config
  const delay = config.shutdown.delay * 1000
  const grace = options.grace ?? config.shutdown.grace * 1000
  const app = createServer({ logger, serverFactory, trustProxy, bodyLimit, closeTimeoutMs: delay + grace })

  const traced = hasTracing() ? await import('./plugins/tracing.ts') : undefined
  const tools = traced === undefined ? plainTools : plainTools.map(traced.tracedTool)

  // Nothing is loaded for it, and no token is kept, unless a tool calls an API.
  const apis = tools.some(tool => (tool as Tool | undefined)?.api !== undefined)
    ? await (await import('./api/open.ts')).openApis(config.exchangeClient, now)
    : undefined
  const registry = createRegistry(tools, message => app.log.warn(message), access, apis?.open)
  if (config.exchangeClient === undefined) warnOfApis(tools, app.log)
  refuseSharedApprovals(config, registry)
  refuseUnseenClaims(config, registry)
  const loginScopes = config.challengeScopes === 'all' ? registry.scopes : baselineOf(registry)
  const keys = createKeyRing({
    issuers: config.issuers,
    now,
    ...config.keys,
    onFailure: (issuer, error) => app.log.warn({ issuer, err: error }, 'the key set cannot be had')
  })
  // Nobody waits for this: until the keys are there, the server is not ready and a first caller waits for the fetch.
  app.addHook('onReady', async () => { keys.prefetch() })
  app.addHook('onClose', async () => keys.close())

  // First, since nothing else may run for a connection that it ends.
  await app.register(slowClients, { limits: { ...SEND_LIMITS, ...sendLimits } })
  await app.register(unhandled)
  await app.register(requestEnd)
  await app.register(requestLog)
  await app.register(inFlight, { delay, grace, endIntake: options.endIntake })
  await app.register(headers)
  await app.register(errors, { resourceMetadata: metadataUrl(config.resourceUrl), scopes: loginScopes })
  await app.register(rpcErrors)
  await app.register(origin, { hosts: config.allowedHosts, origins: config.allowedOrigins, resourceUrl: config.resourceUrl })
  await app.register(overload, { limits: options.overload ?? OVERLOAD })
  await app.register(notFound)
  await app.register(limits, { ...config.limits, serverName: config.resourceUrl, now })
  const cache = createTokenCache(keys)
  if (config.metrics !== undefined) {
    const { default: metrics } = await import('./plugins/metrics.ts')
    await app.register(metrics, { tools: tools.map(({ name }) => name), keys, cache })
  }
  if (traced !== undefined) await app.register(traced.default)
  await app.register(auth, {
    keys: traced?.tracedKeys(keys) ?? keys,
    cache,
    claims: config.claims,
    scopeClaims: config.scopeClaims,
    callerClaims: config.callerClaims,
    access: config.access,
    maxTokenLength: maxHeaderSize,
    countRefusal: address => app.countRefusal(address),
    onVerified: apis?.remember,
    now
  })
  await app.register(uploads, { room: options.uploadRoom ?? Math.max(UPLOAD_ROOM, 2 * bodyLimit) })
  await app.register(scopes)

  await app.register(metadata, {
    document: resourceMetadata(config.resourceUrl, config.issuers, loginScopes, server.title),
    paths: metadataPaths(config.resourceUrl)
  })
  await app.register(health, { isReady: () => keys.ready })
  const endpoints = [...new Set(['/mcp', new URL(config.resourceUrl).pathname])]
  if (config.landingPage) {
    const { default: page } = await import('./routes/page.ts')
    await app.register(page, { about: { server, registry: config.listTools === 'all' ? registry : { ...registry, tools: [] }, resourceUrl: config.resourceUrl, issuers: config.issuers }, endpoints, addition: options.pageAddition })
  }
  await app.register(mcp, {
    protocol: createProtocol(registry, server, { sealer: createSealer(config.stateSecret), limiter: app.callLimiter, outputLimit: config.outputLimit, listing: config.listTools, approvals: app.approvals }),
    paths: endpoints,
    hasPage: config.landingPage,
    keepAliveMs,
    now
  })
  return app
}
