import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Waits on loopback for the answer that the browser brings from the authorization server. */
export interface Callback {
  readonly url: string
  /** The parameters that the browser brought; undefined if it did not come in time. */
  readonly answer: Promise<URLSearchParams | undefined>
  close (): void
}

/**
 * Starts to listen for the answer of the browser.
 * @param wanted the callback URL; port 0 takes any free port
 * @param waitMs how long to wait, in milliseconds
 */
export async function listenForCallback (wanted: string, waitMs: number): Promise<Callback> {
  const { hostname, port, pathname } = new URL(wanted)
  let arrived: (params: URLSearchParams | undefined) => void
  const answer = new Promise<URLSearchParams | undefined>(resolve => { arrived = resolve })
  const server = createServer((request, response) => {
    // Any program of this machine can send a request here.
    const target = request.url as string
    const url = URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost') : undefined
    if (url?.pathname !== pathname) {
      response.writeHead(404).end()
      return
    }
    response.end('Done: go back to the terminal.')
    arrived(url.searchParams)
  })
  server.listen(Number(port), hostname)
  await once(server, 'listening')
  const timer = setTimeout(() => arrived(undefined), waitMs)
  return {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}${pathname}`,
    answer,
    close () {
      clearTimeout(timer)
      server.closeAllConnections()
      server.close()
    }
  }
}
