import { createServer, type RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { App } from '../../app.ts'
import type { Test } from './build.ts'

/** The program of the mutants sets a shorter time, since a mutant may make a test wait for ever. */
const MAX_WAIT_MS = Number(process.env['TEST_MAX_WAIT_MS'] ?? 60_000)

/**
 * Waits until a condition holds.
 * @param state says what was found instead
 * @throws Error with that, after a minute or TEST_MAX_WAIT_MS
 */
export async function until (holds: () => boolean | Promise<boolean>, state = () => String(holds), pauseMs = 5): Promise<void> {
  for (const end = Date.now() + MAX_WAIT_MS; !await holds();) {
    if (Date.now() > end) throw new Error(`gave up waiting: ${state()}`)
    await new Promise(resolve => setTimeout(resolve, pauseMs))
  }
}

/** Starts an HTTP server on loopback, which ends with the test. Returns its URL, with a slash at the end. */
export async function serve (t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}/`
}

/** Starts to listen on loopback, and returns the port. */
export async function listen (app: App): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

/** An answer as read from a socket. */
export interface WireAnswer {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** Sends these bytes, and reads answers until the server closes or has answered this many times. */
export function exchange (port: number, bytes: string, count = 1): Promise<WireAnswer[]> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    socket.setEncoding('latin1')
    socket.on('data', chunk => {
      text += chunk
      if (answers(text).length >= count) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answers(text)))
  })
}

/** A request as text. `lines` holds the headers beside `host` and `content-length`. */
export function raw (lines: readonly string[], body = '', target = 'POST /mcp'): string {
  const length = body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`]
  return [`${target} HTTP/1.1`, 'host: localhost:3000', ...length, ...lines, '', body].join('\r\n')
}

function answers (text: string): WireAnswer[] {
  const found: WireAnswer[] = []
  for (let rest = text; rest !== '';) {
    const [head = ''] = rest.split('\r\n\r\n', 1)
    if (head.length === rest.length) break
    const [status = '', ...lines] = head.split('\r\n')
    const headers = Object.fromEntries(lines.map(line => [line.split(':', 1)[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
    const end = head.length + 4 + Number(headers['content-length'] ?? 0)
    if (rest.length < end) break
    found.push({ statusCode: Number(status.split(' ')[1]), headers, body: rest.slice(head.length + 4, end) })
    rest = rest.slice(end)
  }
  return found
}

/** A client that sends and does not read. */
export function silent (t: Test, port: number, bytes: string, send: 'write' | 'end' = 'write'): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket[send](bytes, 'latin1'))
  socket.pause()
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  return socket
}

/** How many connections a server has. */
export function connections (app: App): Promise<number> {
  return new Promise((resolve, reject) => app.server.getConnections((error, count) => error ? reject(error) : resolve(count)))
}
