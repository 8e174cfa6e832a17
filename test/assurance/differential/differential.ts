import { pathToFileURL } from 'node:url'
import type { JWK } from 'jose'
import { buildApp, type App } from '../../../app.ts'
import { loadConfig } from '../../../config.ts'
import { startIssuer, type Issuer } from '../../../dev/issuer.ts'
import whoami from '../../../tools/whoami.ts'
import { keySetOf, makeKeys, makeToken } from './corpus.ts'
import { judge, type Policy, type Verdict } from './policy.ts'
import { createRandom } from './random.ts'
import { AUDIENCE, call } from '../../support/build.ts'
import { NEVER_OVERLOADED } from '../../support/never-overloaded.ts'
import { mutationNames, mutations } from '../property/mutations.ts'

/**
 * Gives each of many tokens to the server and to an independent verifier, under several settings, and compares.
 * Run as a script: `tsx test/assurance/differential/differential.ts [tokens] [seed]`. The seed repeats every choice; keys and ports are new
 * each time, so that what is flipped in a signature is not quite the same.
 */
export interface Outcome {
  readonly seed: number
  readonly tokens: number
  /** More verdicts than tokens, since some tokens are judged again later. */
  readonly checks: number
  readonly verdicts: Readonly<Record<Verdict, number>>
  /** How often the server gave each reason. */
  readonly reasons: Readonly<Record<string, number>>
  readonly disagreements: readonly string[]
}

interface Server {
  readonly app: App
  readonly policy: Policy
}

type Settings = [env: Record<string, string>, policy: Partial<Policy>]

const SETTINGS: readonly Settings[] = [
  [{}, {}],
  [{ TOKEN_PROFILE: 'rfc9068' }, { strict: true }],
  [{ CLOCK_TOLERANCE: '0', MAX_TOKEN_AGE: '600' }, { tolerance: 0, maxAge: 600 }],
  [{ CLOCK_TOLERANCE: '60', AUTH0_AUDIENCE: `${AUDIENCE},https://two.test/` }, { tolerance: 60, audiences: [AUDIENCE, 'https://two.test/'] }],
  [{ SCOPE_CLAIMS: 'scope', ALLOWED_CLIENTS: 'client-1,client-2' }, { grants: 'scope', clients: ['client-1', 'client-2'] }],
  [{ SCOPE_CLAIMS: 'permissions', REQUIRED_ORG: 'org_1' }, { grants: 'permissions', organizations: ['org_1'] }],
  [{ SCOPE_CLAIMS: 'all', ALLOW_M2M: 'false' }, { grants: 'all', machines: false }]
]
const BATCH = 50
const VISIBLE = '!#$%&*+-./0Aa=?@Zz^_`|~'

/** Judges this many tokens by the server and by the second verifier. The same seed gives the same tokens. */
export async function compare (count: number, seed: number): Promise<Outcome> {
  const random = createRandom(seed)
  const keys = makeKeys()
  // A date far from the real one, so that a dependence on the real clock shows.
  let now = Date.UTC(2031, 4, 5, 6, 7, 8)
  const [one, two] = [await start(), await start()]
  const issuers = new Map<string, readonly JWK[]>([[one.url, list(one, keySetOf(keys.own, keys))], [two.url, list(two, keySetOf(keys.other, keys))]])
  const reasons: Record<string, number> = {}
  const servers = await Promise.all(SETTINGS.map(settings => serve(settings)))

  const verdicts = { ok: 0, refused: 0, denied: 0, scope: 0 }
  const disagreements: string[] = []
  const seen: string[] = []
  const distinct = new Set<string>()
  let checks = 0
  while (distinct.size < count) {
    const server = random.pick(servers)
    now += random.int(20) * 1000
    const world = { issuers: [one.url, two.url] as const, audience: AUDIENCE, now: now / 1000 }
    const batch = await Promise.all(Array.from({ length: BATCH }, async () => {
      const dice = seen.length > 100 ? random.int(10) : 0
      if (dice < 6) return await makeToken(random, world, keys)
      const token = random.pick(seen)
      // Judged again, at another time and perhaps under other settings.
      if (dice < 8) return token
      return mutations[random.pick(mutationNames)]?.(token, random.int(1e6), random.pick([...VISIBLE]), random.pick(seen)) || token
    }))
    checks += batch.length
    for (const token of batch) {
      distinct.add(token)
      if (seen.push(token) > 2000) seen.splice(random.int(1000), 1)
    }

    await Promise.all(batch.map(async token => {
      const [found, expected] = await Promise.all([ask(server.app, token), judge(token, server.policy, 'tool:whoami', now)])
      verdicts[expected]++
      if (found !== expected) disagreements.push(`server: ${found}, independent: ${expected}, at ${now / 1000}\n  ${token}`)
    }))
  }

  await Promise.all([...servers.map(({ app }) => app.close()), one.close(), two.close()])
  return { seed, tokens: distinct.size, checks, verdicts, reasons, disagreements }

  function start (): Promise<Issuer> {
    return startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] }, keys.own)
  }

  async function serve ([env, policy]: Settings): Promise<Server> {
    const config = loadConfig({ AUTH0_DOMAIN: [...issuers.keys()].join(), JWKS_CACHE_TTL: '86400', RATE_LIMIT_MAX: 'off', REFUSAL_LIMIT_MAX: 'off', ...env })
    const app = await buildApp({ config, tools: [whoami], now: () => now, overload: NEVER_OVERLOADED })
    app.addHook('onResponse', async ({ refusal }) => {
      if (refusal !== null) reasons[refusal.code] = (reasons[refusal.code] ?? 0) + 1
    })
    return { app, policy: { issuers, audiences: [AUDIENCE], strict: false, tolerance: 5, maxAge: 30 * 86_400, grants: 'any', machines: true, ...policy } }
  }
}

function list (issuer: Issuer, keys: Array<Record<string, unknown>>): readonly JWK[] {
  issuer.answer = (_request, response) => response.end(JSON.stringify({ keys }))
  return keys as JWK[]
}

async function ask (app: App, token: string): Promise<Verdict | string> {
  const { statusCode, headers, body } = await app.inject({
    method: 'POST',
    url: '/mcp',
    headers: { host: 'localhost:3000', 'content-type': 'application/json', authorization: `Bearer ${token}` },
    payload: JSON.stringify(call('whoami'))
  })
  const challenge = String(headers['www-authenticate'])
  if (statusCode === 200 && body.includes('"structuredContent"')) return 'ok'
  if (statusCode === 401 && challenge.startsWith('Bearer error="invalid_token", ')) return 'refused'
  if (statusCode === 403 && challenge.startsWith('Bearer error="insufficient_scope", ')) return 'scope'
  if (statusCode === 403 && challenge === 'undefined') return 'denied'
  return `${statusCode} ${challenge} ${body}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const words = process.argv.slice(2)
  const [count = 20_000, seed = Date.now() % 2 ** 31] = words.map(Number)
  if (words.length > 2 || !Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    console.error(`expected a number of tokens and a seed, or nothing; found: ${words.join(' ')}`)
    process.exit(2)
  }
  const started = performance.now()
  const { tokens, checks, verdicts: { ok, refused, denied, scope }, reasons, disagreements } = await compare(count, seed)
  for (const [reason, times] of Object.entries(reasons).sort(([, a], [, b]) => b - a)) console.log(String(times).padStart(7), reason)
  for (const disagreement of disagreements.slice(0, 10)) console.log(disagreement)
  console.log(`seed ${seed}, ${checks} checks, ${((performance.now() - started) / 1000).toFixed(1)} s`)
  console.log(`${tokens} tokens, ${ok} accepted, ${refused + denied + scope} refused (${refused} not valid, ${scope} without the scope, ${denied} not admitted), ${disagreements.length} disagreements`)
  process.exit(disagreements.length === 0 ? 0 : 1)
}
