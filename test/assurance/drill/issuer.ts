import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { startIssuer, type Issuer } from '../../../dev/issuer.ts'
import { publicJwk, type SigningPair } from '../../../dev/signing.ts'
import { AUDIENCE } from '../../support/build.ts'

/** An issuer with every kind of failure, which records the requests to it. */
export interface DrillIssuer {
  readonly url: string
  /** The keys that it lists. It signs with the first one. */
  readonly keys: SigningPair[]
  /** The failures, one for each request in turn. Empty for none. */
  ailments: readonly Ailment[]
  /** The time and the answer of each request. */
  readonly asked: Array<{ readonly at: number, readonly how: Ailment | 'good' }>
  /** The time of the last good key set, and its keys. */
  lastGood: { readonly at: number, readonly kids: ReadonlySet<string> }
  token (claims?: Record<string, unknown>, key?: SigningPair, header?: Record<string, unknown>): string
  /** Closes its port. */
  die (): Promise<void>
  comeBack (): Promise<void>
}

/** The name of a failure. */
export type Ailment = keyof typeof AILMENTS

const AILMENTS = {
  hangs: () => {},
  HTML: (_request, response) => response.setHeader('content-type', 'text/html').end('<html><body>Login</body></html>'),
  'no keys': (_request, response) => response.end('{}'),
  '10 MB': (_request, response) => sendMuch(response),
  redirects: (request, response) => response.writeHead(302, { location: `${request.url}?again` }).end(),
  truncated: (_request, response) => {
    response.writeHead(200, { 'content-length': 5000 }).write('{"keys":[{"kty":"RSA",')
    setTimeout(() => response.destroy(), 50)
  },
  'status 500': (_request, response) => response.writeHead(500).end('oops'),
  'status 429': (_request, response) => response.writeHead(429, { 'retry-after': '1' }).end(),
  resets: request => request.socket.resetAndDestroy()
} as const satisfies Record<string | number, (request: IncomingMessage, response: ServerResponse) => unknown>

/** Starts an issuer without a failure, on loopback. */
export async function startDrillIssuer (): Promise<DrillIssuer> {
  let issuer: Issuer = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] })
  const { url, keys } = issuer
  const port = Number(new URL(url).port)
  let turn = 0

  const drill: DrillIssuer = {
    url,
    keys,
    ailments: [],
    asked: [],
    lastGood: { at: 0, kids: new Set() },
    token: (claims, key = keys[0] as SigningPair, header = {}) => issuer.token(claims, { key, header }),
    die: () => issuer.close(),
    async comeBack () {
      issuer = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'], port }, keys[0])
      issuer.answer = answer
    }
  }

  const answer: RequestListener = (request, response): unknown => {
    const how = drill.ailments[turn++ % drill.ailments.length]
    drill.asked.push({ at: Date.now(), how: how ?? 'good' })
    if (how !== undefined) return AILMENTS[how](request, response)
    drill.lastGood = { at: Date.now(), kids: new Set(keys.map(({ kid }) => kid)) }
    return response.end(JSON.stringify({ keys: keys.map(publicJwk) }))
  }
  issuer.answer = answer
  return drill
}

function sendMuch (response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, ' ')
  let left = 160
  response.on('error', () => {})
  response.write('{"keys":[')
  more()

  function more (): unknown {
    while (left-- > 0) if (!response.write(chunk)) return response.once('drain', more)
    return response.end(']}')
  }
}
