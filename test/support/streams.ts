import { once } from 'node:events'
import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import { build, call, modern, type Setup, type Test } from './build.ts'
import { createStory, slowTools, type Story } from './tools/slow.ts'
import { listen } from './wire.ts'

/** A page that the server admits. */
export const ORIGIN = 'http://localhost:3000'

type Sent = { message: object, headers: Record<string, string> }

/** A server that listens, with tools that take long. */
export interface StreamSetup extends Setup {
  readonly port: number
  readonly story: Story
  /** A token for every tool. */
  readonly token: string
  /** Sends a message over a socket. `response` resolves when the head is there, with the body still to come. */
  open (sent: Sent, more?: Record<string, string>, at?: number): Promise<{ request: ClientRequest, response: Promise<IncomingMessage> }>
}

/** A server that listens, with tools that take long. */
export async function listenForStreams (t: Test): Promise<StreamSetup> {
  const story = createStory()
  const setup = await build(t, { tools: slowTools(story) })
  const port = await listen(setup.app)
  const token = setup.issuer.token({ scope: 'test:slow' })
  return {
    ...setup,
    port,
    story,
    token,
    async open ({ message, headers }, more = {}, at = port) {
      const request = http.request({
        host: '127.0.0.1',
        port: at,
        path: '/mcp',
        method: 'POST',
        agent: false,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers, ...more }
      })
      request.on('error', () => {})
      request.end(JSON.stringify(message))
      return { request, response: once(request, 'response').then(([response]) => response as IncomingMessage) }
    }
  }
}

/** A call with a progress token, for revisions of both kinds. */
export function progressing (era: 'modern' | 'legacy', name: string, args: object, progressToken: string | number = 'p'): Sent {
  if (era === 'modern') return modern('tools/call', { name, arguments: args, _meta: { progressToken } })
  const { jsonrpc, id, method, params } = call(name, args) as Record<string, object>
  return { message: { jsonrpc, id, method, params: { ...params, _meta: { progressToken } } }, headers: { 'mcp-protocol-version': '2025-11-25' } }
}

/** The body of a response. */
export async function text (response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return text
}

/** The messages of a stream of events. */
export function messages (stream: string): Array<Record<string, any>> {
  return stream.split('\n\n').filter(event => event.startsWith('event: message\ndata: ')).map(event => JSON.parse(event.slice('event: message\ndata: '.length)))
}
