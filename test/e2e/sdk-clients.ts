import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'

/** The options of one call. */
export interface CallSettings {
  readonly onprogress?: (progress: { progress: number, total?: number | undefined }) => void
  readonly signal?: AbortSignal
}

/** The part of a client that the tests use, whatever its SDK. */
export interface SdkClient {
  connect (token?: string): Promise<void>
  version (): string | undefined
  list (): Promise<string[]>
  call (name: string, args?: Record<string, unknown>, settings?: CallSettings): Promise<any>
  close (): Promise<void>
}

/** What the user of a client says to a question. */
export type Answer = (params: Record<string, unknown>) => object

/** The server, and how the client connects. */
export interface SdkOptions {
  readonly url: URL
  /** Default: the client cannot be asked. */
  readonly answer?: Answer | undefined
  /** The capability, if the client can be asked. Default: forms. */
  readonly elicitation?: { form?: Record<string, never>, url?: Record<string, never> }
  readonly fetch?: typeof globalThis.fetch
}

/** Makes a client that is not connected yet. */
export type MakeClient = (options: SdkOptions) => SdkClient

const INFO = { name: 'test', version: '1' }

/** `@modelcontextprotocol/client` 2.x. */
export function newClient (mode: 'auto' | 'legacy' | { pin: string }): MakeClient {
  return ({ url, answer, elicitation = {}, fetch }) => {
    const client = new Client(INFO, { versionNegotiation: { mode }, capabilities: answer === undefined ? {} : { elicitation } })
    if (answer !== undefined) client.setRequestHandler('elicitation/create', async ({ params }) => answer({ ...params }) as { action: 'decline' })
    return {
      connect: token => client.connect(new StreamableHTTPClientTransport(url, settings(token, fetch))),
      version: () => client.getNegotiatedProtocolVersion(),
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: (name, args = {}, settings = {}) => client.callTool({ name, arguments: args }, settings as object),
      close: () => client.close()
    }
  }
}

/** `@modelcontextprotocol/sdk` 1.x. */
export const oldClient: MakeClient = ({ url, answer, elicitation = {}, fetch }) => {
  const client = new OldClient(INFO, { capabilities: answer === undefined ? {} : { elicitation } })
  if (answer !== undefined) client.setRequestHandler(ElicitRequestSchema, async ({ params }) => answer({ ...params }) as { action: 'decline' })
  const transports: OldTransport[] = []
  return {
    connect: token => {
      transports.push(new OldTransport(url, settings(token, fetch)))
      return client.connect(transports.at(-1) as Parameters<typeof client.connect>[0])
    },
    version: () => transports.at(-1)?.protocolVersion,
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, args = {}, settings = {}) => client.callTool({ name, arguments: args }, undefined, settings as object),
    close: () => client.close()
  }
}

/** Each SDK in each way in which it can speak, and the revision that it then has. */
export const CLIENTS: ReadonlyArray<readonly [name: string, make: MakeClient, version: string]> = [
  ['client 2.x, on its own', newClient('auto'), '2026-07-28'],
  ['client 2.x, at 2026-07-28', newClient({ pin: '2026-07-28' }), '2026-07-28'],
  ['client 2.x, the old way', newClient('legacy'), '2025-11-25'],
  ['sdk 1.x', oldClient, '2025-11-25']
]

function settings (token: string | undefined, fetch: typeof globalThis.fetch | undefined): { requestInit: { headers: Record<string, string> }, fetch?: typeof globalThis.fetch } {
  return { requestInit: { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }, ...fetch && { fetch } }
}
