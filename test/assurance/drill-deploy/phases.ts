import { setTimeout as sleep } from 'node:timers/promises'
import { startIssuer } from '../../../dev/issuer.ts'
import { badTokens, flood, slowLoris } from './attacks.ts'
import { Book } from './book.ts'
import { carelessCalls } from './careless.ts'
import { CALLS_MAX, port, present, redis, REFUSALS_MAX, servers, url, WORKERS } from './parts.ts'
import { subject } from './raw-load.ts'
import type { DrillServer } from './server.ts'

/** Users who call. */
export const CALLERS = 12
const [first, second] = servers as [DrillServer, DrillServer]
/** How all requests of the drill ended. */
export const book = new Book()
/** The token of each caller. */
export let tokens = signTokens()
/** What went wrong beside requests. */
export const problems: string[] = []

/** The trials of the deployment, in this order. */
export const phases: Record<string, () => Promise<void>> = {
  steady: () => sleep(2000),

  async 'rolling restart' () {
    for (let round = 0; round < Number(process.env['DRILL_ROUNDS'] ?? 1); round++) {
      for (const server of servers) {
        if (await server.stop() !== 0) problems.push('a stopped server did not end with 0')
        await server.start()
        await sleep(500)
      }
    }
  },

  async 'killed worker' () {
    await book.kill(() => first.killWorker())
    for (const end = Date.now() + 20_000; first.workers().length < Number(WORKERS) && Date.now() < end;) await sleep(100)
    if (first.workers().length !== Number(WORKERS)) problems.push('the killed worker was not replaced')
    await sleep(1000)
  },

  async 'killed server' () {
    await book.kill(() => second.kill())
    await sleep(2000)
    await second.start()
    await sleep(500)
  },

  async 'Redis away' () {
    await redis.kill()
    await sleep(4000)
    await redis.restart()
    await sleep(3000)
    for (const { output } of servers) if (!output.includes('Redis is back')) problems.push('a server did not find Redis again')
  },

  async 'issuer away' () {
    await present.issuer.close()
    // Longer than JWKS_CACHE_TTL.
    await sleep(7000)
    const { keys, url: issuerUrl } = present.issuer
    present.issuer = await startIssuer({ audience: url, scopes: ['tool:whoami'], port: Number(new URL(issuerUrl).port) }, keys[0])
    await sleep(2000)
  },

  async 'key rotation' () {
    present.issuer.rotate()
    // Tokens of the new key come into use when the servers can know it, as Auth0 does it.
    await sleep(6000)
    tokens = signTokens()
    await sleep(1000)
    present.issuer.keys.pop()
    await sleep(2000)
  },

  async 'careless clients' () {
    const statuses = await carelessCalls(url, servers.map(({ port }) => port), present.issuer.token({ sub: 'auth0|careless' }))
    if (statuses.some(status => status >= 500)) problems.push(`careless clients were answered ${statuses}`)
  },

  async 'slow loris' () {
    const { open, end } = await slowLoris(port, 200)
    await sleep(3000)
    if (open() === 0) problems.push('no connection of the slow loris was open')
    end()
  },

  async 'greedy caller' () {
    const token = present.issuer.token({ sub: 'auth0|greedy' })
    const statuses = await flood(url, 6000, () => token)
    const { 200: good = 0, 429: limited = 0, ...others } = statuses
    book.sent += good + limited
    book.counts.good += good
    book.counts.limited += limited
    if (good > CALLS_MAX || limited === 0 || Object.keys(others).length > 0) problems.push(`a greedy caller was answered ${JSON.stringify(statuses)}`)
  },

  async 'bad tokens' () {
    const statuses = await flood(url, 3000, badTokens(present.issuer))
    const { 401: refused = 0, 429: limited = 0, ...others } = statuses
    if (refused > REFUSALS_MAX || limited === 0 || Object.keys(others).length > 0) problems.push(`bad tokens were answered ${JSON.stringify(statuses)}`)
  }
}

function signTokens (): string[] {
  return Array.from({ length: CALLERS }, (_, caller) => present.issuer.token({ sub: subject(caller) }))
}
