import { setTimeout as sleep } from 'node:timers/promises'
import { startIssuer } from '../../../dev/issuer.ts'
import { badTokens, flood, slowLoris } from './attacks.ts'
import { Book } from './book.ts'
import { CALLS_MAX, nginx, port, present, redis, REFUSALS_MAX, servers, stopParts, url, WORKERS } from './parts.ts'
import { startRawLoad, subject } from './raw-load.ts'
import { startSdkLoad } from './sdk-load.ts'
import type { DrillServer } from './server.ts'

const CALLERS = 12
const PAUSE_MS = 20
const wanted = process.argv.slice(3)
const [first, second] = servers as [DrillServer, DrillServer]
const book = new Book()
let tokens = signTokens()
const stopLoad = [startRawLoad(url, CALLERS, PAUSE_MS, book, caller => tokens[caller] as string), startSdkLoad(url, book, caller => tokens[caller] as string)]
const problems: string[] = []

const phases: Record<string, () => Promise<void>> = {
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

const started = Date.now()
for (const [name, run] of Object.entries(phases)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const before = { ...book.counts, sent: book.sent }
  book.phase = name
  await run()
  const { lost, wrong, killed, limited } = book.counts
  console.log(`${name.padEnd(16)} sent ${book.sent - before.sent}, lost ${lost - before.lost}, killed ${killed - before.killed}, wrong ${wrong - before.wrong}, limited ${limited - before.limited}`)
}
book.phase = 'end'
await Promise.all(stopLoad.map(stop => stop()))
const codes = await stopParts()
if (codes.some(code => code !== 0)) problems.push(`servers ended with ${codes.join(' and ')}`)

const written = [nginx.logs(), ...servers.map(({ output }) => output)].join('\n')
if (/eyJ[\w-]{10}/.test(written)) problems.push(`a token is logged: ${/.{80}eyJ.{10}/.exec(written)?.[0]}`)
const { lost, wrong, killed, limited, good } = book.counts
for (const fault of [...book.faults, ...problems]) console.log(`FAILED ${fault.replaceAll(/\s+/g, ' ')}`)
for (const line of nginx.logs().split('\n').filter(line => lost > 0 && /\[(?:error|alert|crit)\]/.test(line) && !line.includes('Connection refused')).slice(0, 20)) console.log(`nginx: ${line}`)
console.log(`requests sent ${book.sent}, good ${good}, lost ${lost}, ended with a killed process ${killed}, refused by limit ${limited}, wrong outcomes ${wrong}, longest pause ${book.longestPause} ms, ${Math.round((Date.now() - started) / 1000)} s`)
process.exitCode = lost + wrong + problems.length === 0 && book.sent > 0 ? 0 : 1

function signTokens (): string[] {
  return Array.from({ length: CALLERS }, (_, caller) => present.issuer.token({ sub: subject(caller) }))
}
