import type { IncomingMessage, RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { Type } from '@sinclair/typebox'
import { defineTool, type Context } from '../../mcp/tool.ts'
import { build, call, type Setup, type SetupOptions, type Test } from './build.ts'
import { serve } from './wire.ts'

/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

/** How a call of the tool went. */
export interface Outcome {
  /** What the handler returned. */
  readonly value?: unknown
  /** What it threw. */
  readonly error?: unknown
  /** What the client got. */
  readonly reply: { result?: { isError?: boolean, content: Array<{ text: string }> }, error?: object }
}

/** A server, an issuer and an API. */
export interface ApiSetup extends Setup {
  /** The URL of the API, without a slash at the end. */
  readonly url: string
  /** The form of each exchange so far, with the headers it came with. */
  readonly exchanges: Array<Record<string, string>>
  /** Answers exchanges: the n-th one gets a token that ends in n. */
  exchange: (n: number) => TokenAnswer | Promise<TokenAnswer>
  /** Each request that the API got. */
  readonly requests: Array<{ method: string, path: string, headers: IncomingMessage['headers'], body: string }>
  /** Answers requests of the API. Default: 200 and "ok". */
  answer: RequestListener
  /** Calls a tool whose handler is this one. */
  run (handler: (context: Context) => unknown, token?: string): Promise<Outcome>
}

/** `api` of a context without its types, for what a hostile or careless tool may pass. */
export function untypedApi ({ api }: Context): (path: unknown, init?: unknown) => Promise<Response> {
  return api as ReturnType<typeof untypedApi>
}

/** The secret of the application that exchanges tokens. */
export const SECRET = 'a-secret-of-the-application'
/** The identifier of the API. */
export const API = 'https://orders.example'
/** Part of every token of the API that the test issuer hands out. */
export const EXCHANGED = 'exchanged-token-of-the-api'

/** A server with a tool that calls an API, an issuer that exchanges tokens, and the API, each on a socket of its own. */
export async function buildApi (t: Test, { env = { OBO_CLIENT_ID: 'obo', OBO_CLIENT_SECRET: SECRET }, path = '/v1', ...options }: SetupOptions & { path?: string } = {}): Promise<ApiSetup> {
  const requests: ApiSetup['requests'] = []
  const exchanges: ApiSetup['exchanges'] = []
  const url = (await serve(t, async (request, response) => {
    requests.push({ method: request.method as string, path: request.url as string, headers: request.headers, body: await text(request) })
    setup.answer(request, response)
  })).replace(/\/$/, path)

  let handler: (context: Context) => unknown = () => {}
  const tool = defineTool({
    name: 'api',
    title: 'API',
    description: 'Calls an API.',
    scopes: ['tool:whoami'],
    api: { audience: API, url, scopes: ['read:orders'] },
    input: Type.Object({}),
    handler: async (_input, context) => await handler(context) as []
  })
  const built = await build(t, { env, tools: [tool], ...options })

  built.issuer.otherwise = async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)))
    exchanges.push({ ...form, path: request.url as string })
    const { status = 200, headers = {}, body } = await setup.exchange(exchanges.length)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body))
  }

  const setup: ApiSetup = {
    ...built,
    url,
    exchanges,
    requests,
    exchange: n => ({ body: { access_token: `${EXCHANGED}-${n}`, token_type: 'Bearer', expires_in: 3600 } }),
    answer: (_request, response) => { response.end('ok') },
    async run (given, token = built.issuer.token()) {
      const outcome: { value?: unknown, error?: unknown } = {}
      handler = async context => {
        try {
          outcome.value = await given(context)
        } catch (error) {
          outcome.error = error
          throw error
        }
        return [{ type: 'text', text: 'done' }]
      }
      const reply = (await built.post(call('api'), token)).json() as Outcome['reply']
      return { ...outcome, reply }
    }
  }
  return setup
}

/** A server to which no token may go. `seen` holds each request that it got. */
export async function listenForTokens (t: Test): Promise<{ url: string, seen: unknown[] }> {
  const seen: unknown[] = []
  const url = await serve(t, ({ url, headers }, response) => {
    seen.push({ url, headers })
    response.end()
  })
  return { url, seen }
}
