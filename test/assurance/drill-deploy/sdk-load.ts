import { setTimeout as sleep } from 'node:timers/promises'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Book } from './book.ts'
import { subject } from './raw-load.ts'

const INFO = { name: 'drill', version: '1' }
const PAUSE_MS = 100

/** Lets a client of each SDK connect, list the tools and call one, again and again. Returns how to stop them. */
export function startSdkLoad (url: string, book: Book, token: (caller: number) => string): () => Promise<void> {
  const stop = new AbortController()
  const ends = [newClient, oldClient].map(async (connect, caller) => {
    while (!stop.signal.aborted) {
      const client = await attempt(book, () => connect(new URL(url), token(caller)))
      if (client === undefined) continue
      for (let calls = 0; calls < 10 && !stop.signal.aborted; calls++) {
        await attempt(book, async () => {
          const { structuredContent } = await client.callTool({ name: 'whoami', arguments: {} })
          if ((structuredContent as { subject?: string } | undefined)?.subject !== subject(caller)) throw new Error('of somebody else')
        })
        await sleep(PAUSE_MS)
      }
      await client.close()
    }
  })
  return async () => {
    stop.abort()
    await Promise.all(ends)
  }
}

interface Caller {
  callTool (call: { name: string, arguments: Record<string, unknown> }): Promise<object & { structuredContent?: unknown }>
  close (): Promise<void>
}

async function newClient (url: URL, token: string): Promise<Caller> {
  const client = new Client(INFO, { versionNegotiation: { mode: 'auto' } })
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization: `Bearer ${token}` } } }))
  return client
}

async function oldClient (url: URL, token: string): Promise<Caller> {
  const client = new OldClient(INFO)
  await client.connect(new OldTransport(url, { requestInit: { headers: { authorization: `Bearer ${token}` } } }) as Parameters<typeof client.connect>[0])
  return client
}

async function attempt<T> (book: Book, work: () => Promise<T>): Promise<T | undefined> {
  const begun = book.begin()
  try {
    const value = await work()
    book.end(begun, 'good', '')
    return value
  } catch (error) {
    const message = `SDK: ${String(error).slice(0, 200)}`
    book.end(begun, /429|Too many/i.test(message) ? 'limited' : /fetch failed|50[24]|Bad Gateway|other side closed/i.test(message) ? 'lost' : 'wrong', message)
    return undefined
  }
}
