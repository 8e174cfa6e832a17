import { Agent, request } from 'node:http'
import { call } from '../../support/build.ts'

/** An answer to one kind of call, with the time in milliseconds since 1970 at which it was asked for. */
export interface Answer {
  readonly kind: string
  /** 0 if no answer came. */
  readonly status: number
  readonly sentAt: number
  readonly at: number
  readonly retryAfter: string | undefined
  readonly challenge: string | undefined
  readonly cacheControl: string | undefined
  readonly kid: string | undefined
}

/** A client that calls again and again. */
export interface CallerKind {
  readonly kind: string
  readonly perSecond: number
  /** The next call; undefined for none at present. */
  readonly next: () => { readonly token: string, readonly kid?: string } | undefined
}

const TICK_MS = 50
// No further call is made while this many of its kind have no answer.
const MAX_OPEN = 100
const body = JSON.stringify(call('whoami'))

/** Calls a server over kept-alive sockets until it is stopped, then waits for the last answers. */
export function startCallers (port: number, kinds: readonly CallerKind[], onAnswer: (answer: Answer) => void): () => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const open = new Map(kinds.map(({ kind }) => [kind, 0]))
  const owed = new Map(kinds.map(({ kind }) => [kind, 0]))

  const timer = setInterval(() => {
    for (const { kind, perSecond, next } of kinds) {
      let due = (owed.get(kind) ?? 0) + perSecond * TICK_MS / 1000
      for (; due >= 1; due--) {
        const what = (open.get(kind) ?? 0) < MAX_OPEN ? next() : undefined
        if (what !== undefined) send(kind, what.token, what.kid)
      }
      owed.set(kind, due)
    }
  }, TICK_MS)

  function send (kind: string, token: string, kid: string | undefined): void {
    const sentAt = Date.now()
    open.set(kind, (open.get(kind) ?? 0) + 1)
    const outgoing = request({
      agent,
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/mcp',
      headers: { host: `localhost:${port}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${token}` }
    }, response => {
      const { 'retry-after': retryAfter, 'www-authenticate': challenge, 'cache-control': cacheControl } = response.headers
      response.resume().once('close', () => done(response.statusCode ?? 0, retryAfter, challenge, cacheControl))
    })
    outgoing.once('error', () => done(0))
    outgoing.end(body)

    function done (status: number, retryAfter?: string, challenge?: string, cacheControl?: string): void {
      open.set(kind, (open.get(kind) ?? 0) - 1)
      onAnswer({ kind, status, sentAt, at: Date.now(), retryAfter, challenge, cacheControl, kid })
    }
  }

  return async () => {
    clearInterval(timer)
    for (let i = 0; i < 100 && [...open.values()].some(count => count > 0); i++) await new Promise(resolve => setTimeout(resolve, 50))
    agent.destroy()
  }
}
