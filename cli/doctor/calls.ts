import { META } from '../../mcp/message.ts'
import { MODERN_VERSION } from '../../mcp/revisions/modern.ts'
import { ask, bodyOf, fetchJson, type JsonAnswer } from '../fetch-json.ts'
import { attempt } from './attempt.ts'
import { inWords, LOOK_AT_PROXY, type Check } from './check.ts'

const BOTH = 'application/json, text/event-stream'
/** No server has this tool, so a call of it runs nothing and needs no scope. */
const NO_TOOL = 'doctor-probe'
const REFUSED = 'The server that answers has other settings than this command: compare .env, and look at its log for the reason.'

/** Calls the server with a good token, as clients that take JSON and clients that take streams do. Runs no tool. */
export async function checkCalls (url: string, token: string): Promise<Check[]> {
  return Promise.all([headers(url, token), list(url, token), stream(url, token)])
}

/** The newest revision repeats method and name in headers, and refuses a request that lacks one of them. */
async function headers (url: string, token: string): Promise<Check> {
  const expected = 'an error about an unknown tool, since the probe names one'
  return attempt('mcp-headers', 'MCP-Protocol-Version, Mcp-Method and Mcp-Name arrive', expected, `The proxy removes or changes this header: pass it on. ${LOOK_AT_PROXY}`, async () => {
    const { status, document } = await post(url, token, 'tools/call', { name: NO_TOOL, arguments: {} })
    const found = describe(status, document)
    return [found, found.includes('"Unknown tool: ')]
  })
}

async function list (url: string, token: string): Promise<Check> {
  return attempt('tools-list', 'tools/list', 'status 200 and a list', REFUSED, async () => {
    const { status, document } = await post(url, token, 'tools/list')
    const names = toolNames(document)
    return names === undefined ? [describe(status, document), false] : [`status ${status}, ${names.join(', ')}`, true]
  })
}

/** A client that accepts nothing but a stream gets one with a single event. A proxy must not compress or rewrite it. */
async function stream (url: string, token: string): Promise<Check> {
  return attempt('stream', 'an answer as a stream of events arrives', 'status 200, text/event-stream, as it was sent', `The proxy must pass text/event-stream on as it is, unpacked and unbuffered. ${LOOK_AT_PROXY}`, async () => {
    const response = await ask(url, request(token, 'tools/list', {}, 'text/event-stream'))
    const text = await bodyOf(response)
    const type = response.headers.get('content-type') ?? 'no content type'
    const encoding = response.headers.get('content-encoding')
    return [`status ${response.status}, ${type}${encoding === null ? '' : `, ${encoding}`}`, response.status === 200 && type === 'text/event-stream' && encoding === null && text.startsWith('event: message\ndata: {')]
  })
}

/** Calls `whoami` if the server has it: it reads the token and changes nothing. */
export async function checkWhoami (url: string, token: string): Promise<Check> {
  return attempt('whoami', 'the tool whoami', 'status 200 and a result', REFUSED, async () => {
    const { document: listed } = await post(url, token, 'tools/list')
    if (toolNames(listed)?.includes('whoami') === false) return ['not called, since the server has no such tool', true]
    const { status, document } = await post(url, token, 'tools/call', { name: 'whoami', arguments: {} })
    const { structuredContent } = (document['result'] ?? {}) as { readonly structuredContent?: { readonly subject?: unknown } }
    return structuredContent?.subject === undefined ? [describe(status, document), false] : [`status ${status}, subject ${inWords(structuredContent.subject)}`, true]
  })
}

function toolNames ({ result }: JsonAnswer['document']): string[] | undefined {
  const { tools } = (result ?? {}) as { readonly tools?: unknown }
  return Array.isArray(tools) ? tools.map(({ name }) => String(name)) : undefined
}

async function post (url: string, token: string, method: string, params: object = {}): Promise<JsonAnswer> {
  return fetchJson(url, request(token, method, params, BOTH))
}

function request (token: string, method: string, params: object, accept: string): RequestInit {
  const { name } = params as { readonly name?: string }
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept, 'mcp-protocol-version': MODERN_VERSION, 'mcp-method': method, ...(name && { 'mcp-name': name }) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: { [META.version]: MODERN_VERSION, [META.clientCapabilities]: {} } } })
  }
}

function describe (status: number, { error }: JsonAnswer['document']): string {
  return `status ${status}, ${inWords(error)}`
}
