import type { Setup, Test } from '../support/build.ts'
import { listen } from '../support/wire.ts'
import type { MakeClient, SdkClient, SdkOptions } from './sdk-clients.ts'

/** A connected client whose token can change, and how its last request was answered. */
export interface WatchedClient {
  readonly client: SdkClient
  readonly last: { readonly status?: number, readonly challenge?: string | undefined }
  /** Calls with a token of alice from now on that has these scopes. */
  as (scope: string, claims?: object): void
}

/** A server that listens. */
export type OnSocket = Setup & { readonly url: URL }

/** How the client differs from the usual one. */
export interface WatchOptions extends Omit<SdkOptions, 'url' | 'fetch'> {
  /** Changes a body before it is sent, or sends it more than once. */
  readonly spoil?: (body: string, send: (body: string) => Promise<Response>) => Promise<Response>
}

/** Lets a server listen. */
export async function onSocket (setup: Setup): Promise<OnSocket> {
  return { ...setup, url: new URL(`http://localhost:${await listen(setup.app)}/mcp`) }
}

/** Connects an official client over a socket. Only what it sends can be changed, and only where a test says so. */
export async function watch (t: Test, make: MakeClient, { issuer, url }: OnSocket, { spoil = (body, send) => send(body), ...options }: WatchOptions = {}): Promise<WatchedClient> {
  const last: { status?: number, challenge?: string | undefined } = {}
  let token = ''
  const client = make({
    ...options,
    url,
    fetch (input, init) {
      const send = async (body: string): Promise<Response> => {
        const headers = new Headers(init?.headers as Headers)
        headers.set('authorization', `Bearer ${token}`)
        const response = await fetch(input, { ...init, headers, ...body !== '' && { body } })
        last.status = response.status
        last.challenge = / scope="([^"]*)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1]
        return response
      }
      return spoil(typeof init?.body === 'string' ? init.body : '', send)
    }
  })
  const as: WatchedClient['as'] = (scope, claims = {}) => { token = issuer.token({ sub: 'auth0|alice', azp: 'editor', scope, permissions: [], ...claims }) }
  t.teardown(() => client.close())
  as('')
  await client.connect()
  return { client, last, as }
}
