import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { hostCheck } from './host.ts'

/** Where the metrics are served. */
export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const HEADERS_TIMEOUT_MS = 5000
/** A client that has not read its answer by then loses its connection. */
const ANSWER_TIMEOUT_MS = 30_000
/** Connections at the same time. They come on top of those of callers, so a flood must not take the files of these. */
const MAX_CONNECTIONS = 64
const OTHER_HOST = 'METRICS_HOST is a loopback address, so the Host must be localhost or an address'

/**
 * Serves `GET /metrics` on a listener of its own: the endpoint for callers must not show the figures, and a proxy must
 * not be able to reach them by mistake.
 * @param warn takes a message for the operator
 * @param answerTimeoutMs after which a client that does not read its answer loses the connection. Default 30,000
 * @returns a function that closes the listener
 * @throws Error that names METRICS_PORT, if the port or the address cannot be used
 */
export async function serveMetrics ({ host, port }: MetricsAddress, text: () => Promise<string>, warn: (message: string) => void, answerTimeoutMs = ANSWER_TIMEOUT_MS): Promise<() => Promise<void>> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: HEADERS_TIMEOUT_MS })
  // Answers to requests that are sent ahead would pile up. Node would close an idle connection before the next scrape anyway.
  server.maxRequestsPerSocket = 1
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(fault(error, { host, port }), { cause: error })))
    server.listen(port, host, resolve)
  })
  // The oldest first. A new one takes its place, since clients that send nothing would otherwise lock Prometheus out.
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    if (sockets.size > MAX_CONNECTIONS) sockets.values().next().value?.destroy()
  })
  const isAccepted = hostCheck((server.address() as AddressInfo).address, host)
  const shared = sharedFor(text)
  let warned = false
  server.on('request', (request, response) => {
    // Closes the connection at once. For maxRequestsPerSocket, Node says `Connection: close` and then waits until it is idle.
    response.shouldKeepAlive = false
    const late = setTimeout(() => request.socket.destroy(), answerTimeoutMs).unref()
    response.once('close', () => clearTimeout(late))
    const path = request.url?.split('?', 1)[0]
    if (!isAccepted(request.headers.host)) refuse(response)
    else if (path !== '/metrics') response.writeHead(404).end()
    else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end()
    else shared().then(body => response.writeHead(200, { 'content-type': TEXT, 'cache-control': 'no-store' }).end(body), () => response.writeHead(500).end())
  })
  return async () => {
    server.close()
    server.closeAllConnections()
  }

  function refuse (response: ServerResponse): void {
    // Once, since a page asks as often as it likes.
    if (!warned) warn(`GET /metrics was refused: ${OTHER_HOST}`)
    warned = true
    response.writeHead(403, { 'content-type': 'text/plain' }).end(`${OTHER_HOST}\n`)
  }
}

/**
 * Figures that requests of one turn of the event loop share, and those that come while others wait for them. Each reading
 * takes more than a millisecond, and many at once would hold up the calls.
 */
function sharedFor (text: () => Promise<string>): () => Promise<string> {
  let reading: Promise<string> | undefined
  const end = (): void => { reading = undefined }
  return () => {
    if (reading === undefined) {
      reading = text()
      reading.finally(() => setImmediate(end)).catch(() => {})
    }
    return reading
  }
}

/** What is wrong with the address, and what to do. */
export function fault ({ code, message }: Pick<NodeJS.ErrnoException, 'code' | 'message'>, { host, port }: MetricsAddress): string {
  if (code === 'EADDRINUSE') return `METRICS_PORT: port ${port} is in use. Set METRICS_PORT to another one, or stop what listens there.`
  if (code === 'EACCES') return `METRICS_PORT: this user may not listen on port ${port}. Set METRICS_PORT to 1024 or above.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `METRICS_HOST: ${JSON.stringify(host)} is not an address of this machine. Set METRICS_HOST to one that is.`
  return `METRICS_PORT: ${message}`
}
