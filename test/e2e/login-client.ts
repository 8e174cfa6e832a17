import * as sdk2 from '@modelcontextprotocol/client'
import * as sdk1Auth from '@modelcontextprotocol/sdk/client/auth.js'
import { Client as Sdk1Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as Sdk1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { User } from './login-user.ts'

/** An MCP client that sends its user to log in when the server asks for it. */
export interface Application {
  /** The state that it keeps between its steps. */
  readonly kept: Kept
  /** Its requests and their statuses, as `POST http://localhost:3000/mcp 401`. */
  readonly asked: string[]
  /** Logs in for these scopes, whatever the server suggests. */
  authorize (scope: string): Promise<void>
  connect (): Promise<void>
  /** The names of the server's tools. */
  list (): Promise<string[]>
  call (name: string, args?: Record<string, unknown>): Promise<CallResult>
  close (): Promise<void>
}

/** The result of a tool call, as the SDKs give it. */
export interface CallResult {
  readonly structuredContent?: unknown
  readonly isError?: unknown
  readonly [member: string]: unknown
}

/** The state that an application keeps between its steps. */
export interface Kept {
  client?: sdk2.StoredOAuthClientInformation | undefined
  tokens?: sdk2.StoredOAuthTokens | undefined
  verifier?: string
  discovery?: sdk2.OAuthDiscoveryState
  /** The URL to which it last sent its user. */
  url?: URL
}

/** Starts an application that knows nothing but a URL. */
export type Start = (url: string, user: Pick<User, 'login'>, redirectUrl?: string) => Application

const REDIRECT = 'http://localhost:6274/oauth/callback'

/**
 * `@modelcontextprotocol/client`, for revisions of both kinds.
 * @param clientMetadataUrl the address of its metadata document. Default: it registers itself
 */
export function sdk2Application (versionNegotiation: sdk2.VersionNegotiationOptions, clientMetadataUrl?: string): Start {
  return (url, user, redirectUrl = REDIRECT) => {
    const { fetch, asked } = recorder()
    const provider = Object.assign(memory(redirectUrl), clientMetadataUrl === undefined ? {} : { clientMetadataUrl })
    const client = new sdk2.Client({ name: 'tests', version: '1' }, { versionNegotiation })
    let transport: sdk2.StreamableHTTPClientTransport

    return {
      kept: provider.kept,
      asked,
      async authorize (scope) {
        if (await sdk2.auth(provider, { serverUrl: url, scope, fetchFn: fetch }) === 'AUTHORIZED') return
        const { searchParams } = await user.login(sent(provider.kept))
        await sdk2.auth(provider, { serverUrl: url, scope, authorizationCode: required(searchParams, 'code'), iss: required(searchParams, 'iss'), fetchFn: fetch })
      },
      connect: () => withLogin(async () => {
        transport = new sdk2.StreamableHTTPClientTransport(new URL(url), { authProvider: provider, fetch })
        await client.connect(transport)
      }),
      list: () => withLogin(async () => (await client.listTools()).tools.map(tool => tool.name)),
      call: (name, args = {}) => withLogin(() => client.callTool({ name, arguments: args })),
      close: () => client.close()
    }

    async function withLogin<Result> (action: () => Promise<Result>): Promise<Result> {
      try {
        return await action()
      } catch (error) {
        if (!(error instanceof sdk2.UnauthorizedError)) throw error
        await transport.finishAuth((await user.login(sent(provider.kept))).searchParams)
        return action()
      }
    }
  }
}

/** `@modelcontextprotocol/sdk`, the SDK of the revisions with `initialize`. */
export const sdk1Application: Start = (url, user, redirectUrl = REDIRECT) => {
  const { fetch, asked } = recorder()
  const provider = memory(redirectUrl)
  const client = new Sdk1Client({ name: 'tests', version: '1' })
  let transport: Sdk1Transport

  return {
    kept: provider.kept,
    asked,
    async authorize (scope) {
      if (await sdk1Auth.auth(provider, { serverUrl: url, scope, fetchFn: fetch }) === 'AUTHORIZED') return
      const { searchParams } = await user.login(sent(provider.kept))
      await sdk1Auth.auth(provider, { serverUrl: url, scope, authorizationCode: required(searchParams, 'code'), fetchFn: fetch })
    },
    connect: () => withLogin(async () => {
      transport = new Sdk1Transport(new URL(url), { authProvider: provider, fetch })
      await client.connect(transport)
    }),
    list: () => withLogin(async () => (await client.listTools()).tools.map(tool => tool.name)),
    call: (name, args = {}) => withLogin(() => client.callTool({ name, arguments: args })),
    close: () => client.close()
  }

  async function withLogin<Result> (action: () => Promise<Result>): Promise<Result> {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof sdk1Auth.UnauthorizedError)) throw error
      await transport.finishAuth(required((await user.login(sent(provider.kept))).searchParams, 'code'))
      return action()
    }
  }
}

/** The store that both SDKs expect of an application. */
export function memory (redirectUrl: string): sdk2.OAuthClientProvider & { readonly kept: Kept } {
  const kept: Kept = {}
  return {
    kept,
    redirectUrl,
    clientMetadata: {
      client_name: 'Tests',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none'
    },
    clientInformation: () => kept.client,
    saveClientInformation (client) { kept.client = client },
    tokens: () => kept.tokens,
    saveTokens (tokens) { kept.tokens = tokens },
    codeVerifier: () => kept.verifier ?? '',
    saveCodeVerifier (verifier) { kept.verifier = verifier },
    redirectToAuthorization (url) { kept.url = url },
    discoveryState: () => kept.discovery,
    saveDiscoveryState (discovery) { kept.discovery = discovery },
    invalidateCredentials (what) {
      if (what === 'client' || what === 'all') delete kept.client
      if (what === 'tokens' || what === 'all') delete kept.tokens
      if (what === 'discovery' || what === 'all') delete kept.discovery
    }
  }
}

function recorder (): { fetch: typeof globalThis.fetch, asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    async fetch (input, init) {
      const response = await fetch(input, { signal: AbortSignal.timeout(10_000), ...init })
      asked.push(`${init?.method ?? 'GET'} ${input instanceof Request ? input.url : input} ${response.status}`)
      return response
    }
  }
}

function sent ({ url }: Kept): URL {
  if (url === undefined) throw new Error('the client did not send its user anywhere')
  return url
}

function required (params: URLSearchParams, name: string): string {
  const value = params.get(name)
  if (value === null) throw new Error(`no ${name} in ${params}`)
  return value
}
