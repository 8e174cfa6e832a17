import type { LightMyRequestResponse } from 'fastify'
import { buildApp, type App, type AppOptions } from '../../app.ts'
import type { KeyLifetimes } from '../../auth/keys/freshness.ts'
import { loadConfig } from '../../config.ts'
import { startIssuer, type Issuer } from '../../dev/issuer.ts'
import { makePair } from '../../dev/signing.ts'
import type { RedisSettings } from '../../limits/settings.ts'
import whoami from '../../tools/whoami.ts'
import { logFault } from './log-check.ts'
import { NEVER_OVERLOADED } from './never-overloaded.ts'

/** The URL of the server, and the audience of the issuer's tokens. */
export const AUDIENCE = 'http://localhost:3000/mcp'
/** The URL of its protected resource metadata. */
export const METADATA = 'http://localhost:3000/.well-known/oauth-protected-resource/mcp'

/** The part of tap that the helpers use. */
export interface Test {
  teardown (handler: () => unknown): unknown
}

// Making a key pair takes a few hundred milliseconds, so most tests of a process share one.
const pair = makePair()

// Many tests call more often than one person would. The tests of the limits set their own.
const WITHOUT_LIMITS = { RATE_LIMIT_MAX: 'off', REFUSAL_LIMIT_MAX: 'off', CONCURRENT_CALLS_MAX: 'off' }

/** A line of the log. */
export type LogLine = Record<string, unknown> & { msg: string }

/** A server in this process, with its issuer. */
export interface Setup {
  readonly issuer: Issuer
  readonly app: App
  /** The log lines of the server so far. */
  readonly logs: LogLine[]
  /** Moves the server's clock forward by this many seconds. */
  advance (seconds: number): void
  /** Posts a message to the endpoint, with a token if one is given. */
  post (message: unknown, token?: string, headers?: Record<string, string>, url?: string): Promise<LightMyRequestResponse>
  /** Calls whoami as 2025-11-25, with this token. */
  whoami (token?: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>
}

/** How server and issuer differ from the usual ones. */
export interface SetupOptions extends Omit<Partial<AppOptions>, 'config'> {
  /** Environment variables, in addition to those that every test needs. */
  readonly env?: Record<string, string>
  /** Options that no environment variable can express, such as fractions of a second. */
  readonly keys?: Partial<KeyLifetimes>
  /** A Redis that shares the limits, with its times. */
  readonly redis?: RedisSettings
}

/**
 * Starts a real issuer on loopback and an app that trusts it; both end with the test. Its only tool is `whoami` unless
 * `tools` names others, so that the tests do not depend on `tools/index.ts`.
 */
export async function build (t: Test, { env = {}, keys = {}, redis, ...options }: SetupOptions = {}): Promise<Setup> {
  const clock = { offset: 0 }
  const issuer = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] }, pair)
  const config = loadConfig({ AUTH0_DOMAIN: issuer.url, ...WITHOUT_LIMITS, ...env })
  const logs: LogLine[] = []
  const faults: string[] = []
  const app = await buildApp({
    config: { ...config, keys: { ...config.keys, ...keys }, limits: { ...config.limits, redis } },
    now: () => Date.now() + clock.offset,
    logger: { level: 'trace', stream: { write } },
    tools: [whoami],
    overload: NEVER_OVERLOADED,
    ...options
  })
  t.teardown(async () => {
    await app.close()
    await issuer.close()
    if (faults.length > 0) throw new Error(faults.join('\n'))
  })

  // Every line of every test is held to docs/operations.md.
  function write (line: string): void {
    logs.push(JSON.parse(line))
    faults.push(...logFault(line))
  }

  const post: Setup['post'] = (message, token, headers = {}, url = '/mcp') => app.inject({
    method: 'POST',
    url,
    headers: {
      host: 'localhost:3000',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers
    },
    payload: typeof message === 'string' ? message : JSON.stringify(message)
  })

  return {
    issuer,
    app,
    logs,
    advance (seconds) { clock.offset += seconds * 1000 },
    post,
    whoami: (token, headers) => post(call('whoami'), token, headers)
  }
}

/** A JSON-RPC request as the revisions with `initialize` have it. */
export function request (method: string, params: object = {}, id: string | number = 1): object {
  return { jsonrpc: '2.0', id, method, params }
}

/** A call of a tool, for the revisions with `initialize`. */
export function call (name: string, args: object = {}, id: string | number = 1): object {
  return request('tools/call', { name, arguments: args }, id)
}

/**
 * A request of 2026-07-28 with its headers.
 *
 * @param capabilities those of the client. Default: none
 */
export function modern (method: string, params: Record<string, unknown> = {}, capabilities: object = {}): { message: object, headers: Record<string, string> } {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities
  }
  const { _meta: more = {}, ...rest } = params as { _meta?: object }
  return {
    message: request(method, { ...rest, _meta: { ..._meta, ...more } }),
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof params['name'] === 'string' && { 'mcp-name': params['name'] })
    }
  }
}

/** The claims that Auth0 gives a user without permissions. */
export const POWERLESS = { scope: undefined, permissions: [] }
