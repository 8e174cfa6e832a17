import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { call } from '../../support/build.ts'
import type { Book, Outcome } from './book.ts'

/** An answer to a raw request. */
export interface RawAnswer {
  readonly status: number
  readonly body: string
}

/** Posts `whoami` over an agent. Status 0: no answer. */
export function post (agent: Agent, url: string, token: string): Promise<RawAnswer> {
  const body = JSON.stringify(call('whoami'))
  return new Promise(resolve => {
    const outgoing = request(url, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${token}` }
    }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => { text += chunk })
      response.on('error', () => {}).on('close', () => resolve(response.complete ? { status: response.statusCode as number, body: text } : { status: 0, body: 'cut off' }))
    })
    outgoing.on('error', ({ message }) => resolve({ status: 0, body: message }))
    outgoing.end(body)
  })
}

/** Lets callers call again and again, each after the answer to its last call and a pause. Returns how to stop them. */
export function startRawLoad (url: string, callers: number, pauseMs: number, book: Book, token: (caller: number) => string): () => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const stop = new AbortController()
  const ends = Array.from({ length: callers }, async (_, caller) => {
    while (!stop.signal.aborted) {
      const begun = book.begin()
      const { status, body } = await post(agent, url, token(caller))
      book.end(begun, judge(status, body, caller), `${status} ${body.slice(0, 200)}`)
      await sleep(pauseMs)
    }
  })
  return async () => {
    stop.abort()
    await Promise.all(ends)
    agent.destroy()
  }
}

/** The subject of a caller's tokens. */
export function subject (caller: number): string {
  return `auth0|caller-${caller}`
}

function judge (status: number, body: string, caller: number): Outcome {
  if (status === 429) return 'limited'
  if (status === 0 || status === 502 || status === 504) return 'lost'
  return status === 200 && body.includes(`"subject":"${subject(caller)}"`) ? 'good' : 'wrong'
}
