import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { createKeyRing } from '../../../auth/keys/ring.ts'
import { createTokenCache, type TokenCacheOptions } from '../../../auth/token-cache.ts'
import { startIssuer, type Issuer } from '../../../dev/issuer.ts'
import { makePair } from '../../../dev/signing.ts'
import auth from '../../../plugins/auth.ts'
import errors from '../../../plugins/errors.ts'
import { AUDIENCE, METADATA } from '../../support/build.ts'

const RUNS = Number(process.env['RUNS'] ?? 100)
const KEYS = { cacheTtl: 10, cooldown: 3, timeout: 1, maxStale: 25 }
const CLAIMS = { audiences: [AUDIENCE], tokenProfile: 'any', clockTolerance: 2, maxTokenAge: 40 } as const
// Real timers run beside the clock that the test moves. None of them fires within this time.
const REAL_MS = 700

const pairs = [makePair(), makePair(), makePair()]

/** One step: a change of the issuer or the clock, or a request. */
type Step =
  | { readonly do: 'wait', readonly seconds: number }
  | { readonly do: 'publish', readonly keys: readonly number[] }
  | { readonly do: 'break', readonly status: number }
  | { readonly do: 'ask', readonly token: number, readonly times: number }

interface Recipe {
  readonly key: number
  /** The key that the token names; it may differ from the key that signed it. */
  readonly kid: number
  readonly iat: number
  readonly lifetime: number
  readonly nbf: number | undefined
  readonly aud: string
  readonly gty: string | undefined
}

const key = fc.nat({ max: pairs.length - 1 })
const recipe: fc.Arbitrary<Recipe> = fc.record({
  key,
  kid: key,
  iat: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -30, max: 2 }) }, { weight: 1, arbitrary: fc.integer({ min: -45, max: 30 }) }),
  lifetime: fc.integer({ min: 20, max: 90 }),
  nbf: fc.option(fc.integer({ min: -10, max: 6 }), { nil: undefined, freq: 4 }),
  aud: fc.constantFrom(...Array<string>(7).fill(AUDIENCE), 'https://other.test/'),
  gty: fc.constantFrom(undefined, undefined, undefined, 'client-credentials')
}).map(one => ({ ...one, kid: one.lifetime % 8 === 0 ? one.kid : one.key }))

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('ask' as const), token: fc.nat({ max: 4 }), times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(0.5, 1, 2, 2, 3, 4, 9, 10, 11, 26, -1, -5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('publish' as const), keys: fc.uniqueArray(key, { minLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const), status: fc.constantFrom(500, 429, 302, 200) }) }
)

t.test('with the token cache and without it, every outcome is the same', async t => {
  const clock = { now: Date.UTC(2031, 0, 1) }
  const issuer = await startIssuer({ audience: AUDIENCE, scopes: [] }, pairs[0])
  t.teardown(() => issuer.close())
  const outcomes: Record<string, number> = {}
  let hits = 0

  await fc.assert(fc.asyncProperty(fc.array(recipe, { minLength: 5, maxLength: 5 }), fc.array(step, { minLength: 10, maxLength: 50 }), async (recipes, steps) => {
    const started = performance.now()
    publish(issuer, [0, 1])
    const tokens = recipes.map(one => sign(issuer, one, clock.now))
    const apps = [await serve(issuer, () => clock.now), await serve(issuer, () => clock.now, { maxBytes: 1 })] as const
    async function compare (token: string | undefined): Promise<void> {
      const [cached, bare] = [await ask(apps[0], token), await ask(apps[1], token)]
      fc.pre(performance.now() - started < REAL_MS)
      if (cached !== bare) throw new Error(`with the cache: ${cached}\nwithout: ${bare}`)
      const outcome = /reason\W+(\w+)/.exec(bare)?.[1] ?? 'ok'
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
    try {
      for (const step of steps) {
        if (step.do === 'wait') clock.now += step.seconds * 1000
        else if (step.do === 'publish') publish(issuer, step.keys)
        else if (step.do === 'break') issuer.answer = (_request, response) => response.writeHead(step.status, { location: '/', 'retry-after': '2' }).end('{}')
        else for (let time = 0; time < step.times; time++) await compare(tokens[step.token])
      }
      hits += apps[0].hits()
      if (apps[1].hits() > 0) throw new Error('the other one has a cache too')
    } finally {
      await Promise.all(apps.map(({ app }) => app.close()))
    }
  }), { numRuns: RUNS })

  t.comment(outcomes, `${hits} cache hits`)
  t.ok(hits > RUNS, 'the cache was used')
  for (const reason of ['ok', 'expired', 'too_old', 'unknown_key', 'bad_signature', 'keys_unavailable', 'issued_in_future', 'machine_not_allowed']) {
    t.ok((outcomes[reason] ?? 0) > 0, `it came to ${reason}`)
  }
})

interface Served {
  readonly app: FastifyInstance
  readonly hits: () => number
}

/** The authentication of the server, with its own key ring and cache. */
async function serve (issuer: Issuer, now: () => number, size: TokenCacheOptions = {}): Promise<Served> {
  const keys = createKeyRing({ issuers: [issuer.url], now, ...KEYS })
  const cache = createTokenCache(keys, size)
  let hits = 0
  const app = Fastify()
  await app.register(errors, { resourceMetadata: METADATA, scopes: [] })
  await app.register(auth, {
    keys,
    cache: {
      ...cache,
      get (token, now) {
        const found = cache.get(token, now)
        if (found !== undefined) hits++
        return found
      }
    },
    claims: CLAIMS,
    scopeClaims: 'any',
    access: { allowMachines: false },
    maxTokenLength: 16_384,
    now
  })
  app.addHook('onClose', async () => keys.close())
  app.addHook('onSend', async (request, _reply, payload) => JSON.stringify({ payload, reason: request.refusal?.code }))
  app.get('/', { onRequest: app.authenticate }, request => request.user)
  await keys.prefetch()
  return { app, hits: () => hits }
}

async function ask ({ app }: Served, token = ''): Promise<string> {
  const { statusCode, headers, body } = await app.inject({ url: '/', headers: { authorization: `Bearer ${token}` } })
  return JSON.stringify([statusCode, headers['www-authenticate'], headers['retry-after'], body])
}

function publish (issuer: Issuer, keys: readonly number[]): void {
  issuer.answer = undefined
  issuer.keys.splice(0, Infinity, ...keys.map(i => pairs[i] ?? makePair()))
}

function sign (issuer: Issuer, { key, kid, iat, lifetime, nbf, aud, gty }: Recipe, time: number): string {
  const pair = pairs[key] ?? makePair()
  const now = Math.floor(time / 1000)
  return issuer.token({ iat: now + iat, exp: now + iat + lifetime, aud, gty, ...(nbf !== undefined && { nbf: now + nbf }) }, { key: pair, header: { kid: pairs[kid]?.kid } })
}
