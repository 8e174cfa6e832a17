import { setTimeout as sleep } from 'node:timers/promises'
import { startIssuer } from '../../../dev/issuer.ts'
import { freePort } from '../../support/ports.ts'
import { startRedis } from '../../support/redis.ts'
import { badTokens, slowLoris } from './attacks.ts'
import { Book } from './book.ts'
import { startNginx } from './nginx.ts'
import { startRawLoad, subject } from './raw-load.ts'
import { startSdkLoad } from './sdk-load.ts'
import { DrillServer } from './server.ts'

const CALLERS = 12
const PAUSE_MS = 20
const WORKERS = process.env['DRILL_WORKERS'] ?? '2'
const [folder = '', ...wanted] = process.argv.slice(2)

const cleanUp: Array<() => unknown> = []
const port = await freePort()
const url = `https://localhost:${port}/tools/mcp`
let issuer = await startIssuer({ audience: url, scopes: ['tool:whoami'] })
const redis = await startRedis({ teardown: end => cleanUp.unshift(end) })
const servers = [await freePort(), await freePort()].map(port => new DrillServer(port, {
  AUTH0_DOMAIN: issuer.url,
  MCP_RESOURCE_URL: url,
  ALLOWED_HOSTS: `localhost:${port},${new URL(url).host}`,
  TRUST_PROXY: 'loopback',
  WORKERS,
  SHUTDOWN_DELAY: '2',
  REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  JWKS_CACHE_TTL: '5',
  JWKS_COOLDOWN: '1',
  JWKS_TIMEOUT: '1',
  // Each of the callers stays below it; one of the phases does not.
  RATE_LIMIT_MAX: '6000',
  REFUSAL_LIMIT_MAX: '50',
  RATE_LIMIT_WINDOW: '60'
}))
const [first, second] = servers as [DrillServer, DrillServer]
await Promise.all(servers.map(server => server.start()))
const nginx = await startNginx(folder, port, servers.map(({ port }) => port))
await sleep(500)

const book = new Book()
let tokens = signTokens()
const stopLoad = [startRawLoad(url, CALLERS, PAUSE_MS, book, caller => tokens[caller] as string), startSdkLoad(url, book, caller => tokens[caller] as string)]
const problems: string[] = []

const phases: Record<string, () => Promise<void>> = {
  async steady () {
    await sleep(2000)
  },

  async 'rolling restart' () {
    for (let round = 0; round < Number(process.env['DRILL_ROUNDS'] ?? 1); round++) {
      for (const server of servers) {
        const code = await server.stop()
        if (code !== 0) problems.push(`a stopped server ended with ${code}`)
        await server.start()
        await sleep(500)
      }
    }
  },

  async 'killed worker' () {
    book.kill()
    first.killWorker()
    for (const end = Date.now() + 20_000; first.workers().length < Number(WORKERS) && Date.now() < end;) await sleep(100)
    if (first.workers().length !== Number(WORKERS)) problems.push('the killed worker was not replaced')
  },

  async 'killed server' () {
    book.kill()
    await second.kill()
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
    await issuer.close()
    // Longer than JWKS_CACHE_TTL.
    await sleep(7000)
    const { keys } = issuer
    issuer = await startIssuer({ audience: url, scopes: ['tool:whoami'], port: Number(new URL(issuer.url).port) }, keys[0])
    await sleep(2000)
  },

  async 'key rotation' () {
    issuer.rotate()
    // Tokens of the new key come into use when the servers can know it, as Auth0 does it.
    await sleep(6000)
    tokens = signTokens()
    await sleep(1000)
    issuer.keys.pop()
    await sleep(2000)
  },

  async 'slow loris' () {
    const { open, end } = await slowLoris(port, 200)
    await sleep(3000)
    if (open() === 0) problems.push('the slow loris had no effect to test against')
    end()
  },

  async 'bad tokens' () {
    const { sent, statuses } = await badTokens(url, issuer, 3000)
    console.log(`  bad tokens: ${sent}, answered ${JSON.stringify(statuses)}`)
    if (Object.keys(statuses).some(status => status !== '401' && status !== '429')) problems.push(`bad tokens were answered ${JSON.stringify(statuses)}`)
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
const codes = await Promise.all(servers.map(server => server.stop()))
if (codes.some(code => code !== 0)) problems.push(`servers ended with ${codes.join(' and ')}`)
await nginx.stop()
await issuer.close()
for (const end of cleanUp) await end()

const written = [nginx.logs(), ...servers.map(({ output }) => output)].join('\n')
if (/eyJ[\w-]{10}/.test(written)) problems.push(`a token is logged: ${/.{80}eyJ.{10}/.exec(written)?.[0]}`)
const { lost, wrong, killed, limited, good } = book.counts
for (const fault of [...book.faults, ...problems]) console.log(`FAILED ${fault.replaceAll(/\s+/g, ' ')}`)
for (const line of nginx.logs().split('\n').filter(line => /\[(?:error|alert|crit)\]/.test(line) && !line.includes('Connection refused')).slice(0, 20)) console.log(`nginx: ${line}`)
console.log(`requests sent ${book.sent}, good ${good}, lost ${lost}, ended with a killed process ${killed}, refused by limit ${limited}, wrong outcomes ${wrong}, longest pause ${book.longestPause} ms, ${Math.round((Date.now() - started) / 1000)} s`)
process.exitCode = lost + wrong + problems.length === 0 && book.sent > 0 ? 0 : 1

function signTokens (): string[] {
  return Array.from({ length: CALLERS }, (_, caller) => issuer.token({ sub: subject(caller) }))
}
