import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { createSpent } from '../../limits/spent.ts'
import { createElicitations, type SignedIn } from '../../mcp/elicitation/elicitation.ts'

/** A page where a user leaves a key for a tool. */
export interface KeyPage {
  readonly url: string
  /** The keys, by issuer and subject of their user. */
  readonly keys: Map<string, string>
  close (): Promise<void>
}

/** The login of the page, and its secret. */
export interface KeyPageOptions {
  readonly port: number
  readonly issuer: string
  readonly clientId: string
  /** STATE_SECRET of the MCP server. */
  readonly secret: string
}

interface Session {
  readonly elicitation: string | null
  readonly state: string
  readonly verifier: string
  user?: SignedIn
}

/** The name under which the page keeps the key of a user. */
export const keyOf = ({ issuer, subject }: SignedIn): string => JSON.stringify([issuer, subject])
const random = (): string => randomBytes(32).toString('base64url')

/** A server of its own, as small as can be: it signs its user in at the issuer of the MCP server, and compares. */
export async function startKeyPage ({ port, issuer, clientId, secret }: KeyPageOptions): Promise<KeyPage> {
  const url = `http://localhost:${port}/`
  const callback = `${url}callback`
  const jwks = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer))
  const elicitations = createElicitations({ secret, spent: createSpent() })
  const sessions = new Map<string, Session>()
  const keys = new Map<string, string>()

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))

  async function handle (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', url)
    const session = sessions.get(/key_page=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')
    if (pathname === '/') return signIn(searchParams.get('elicitation'), response)
    if (session === undefined) return answer(response, 403, 'Open the link again')
    if (pathname === '/callback') {
      if (searchParams.get('state') !== session.state) return answer(response, 403, 'Open the link again')
      session.user = await userFor(searchParams.get('code') ?? '', session.verifier)
    }
    if (session.user === undefined) return answer(response, 403, 'Open the link again')

    if (request.method !== 'POST') {
      const checked = elicitations.check(session.elicitation, session.user)
      return checked.ok ? answer(response, 200, `Your key for ${checked.tool}`) : answer(response, 403, checked.reason)
    }
    const key = new URLSearchParams(await text(request)).get('key') ?? ''
    const checked = await elicitations.use(session.elicitation, session.user)
    if (!checked.ok) return answer(response, 403, checked.reason)
    keys.set(keyOf(session.user), key)
    answer(response, 200, 'Kept')
  }

  /** The link stays in the session, so that the login cannot change it. */
  function signIn (elicitation: string | null, response: ServerResponse): void {
    const [id, session] = [random(), { elicitation, state: random(), verifier: random() }]
    sessions.set(id, session)
    const challenge = createHash('sha256').update(session.verifier).digest('base64url')
    const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: callback, scope: 'openid', state: session.state, code_challenge: challenge, code_challenge_method: 'S256' })
    response.writeHead(302, { location: `${issuer}authorize?${query}`, 'set-cookie': `key_page=${id}; path=/; HttpOnly; SameSite=Lax` }).end()
  }

  async function userFor (code: string, verifier: string): Promise<SignedIn> {
    const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback, client_id: clientId, code_verifier: verifier })
    const { id_token: idToken } = await (await fetch(`${issuer}oauth/token`, { method: 'POST', body })).json() as { id_token: string }
    const { payload } = await jwtVerify(idToken, jwks, { issuer, audience: clientId })
    return { issuer, subject: payload.sub as string }
  }

  return {
    url,
    keys,
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

function answer (response: ServerResponse, status: number, heading: string): void {
  response.writeHead(status, { 'content-type': 'text/html', 'referrer-policy': 'no-referrer' }).end(`<h1>${heading}</h1>`)
}
