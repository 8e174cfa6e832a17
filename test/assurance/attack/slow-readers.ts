import { fork, spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startIssuer } from '../../../dev/issuer.ts'
import { AUDIENCE, call, request } from '../../support/build.ts'
import { freePort } from '../../support/ports.ts'
import { createSteps } from '../../support/steps.ts'
import { raw } from '../../support/wire.ts'
import type { Flood } from './attacker.ts'

/**
 * Clients that never read their answers, against the built server with its real limits:
 * `tsx test/assurance/attack/slow-readers.ts [dist/server.js] [part of an attack's name]`. Each attack meets a server
 * of its own, which has the memory that the README recommends. The server must stay below 300 MB, end every connection
 * of the attack within 60 s, and answer another caller meanwhile. Needs Linux's /proc.
 */
const CONNECTIONS = 200
const HEAP_MB = 256
const MB = 1024 * 1024
const MOST_BYTES = 300 * MB
const MOST_MS = 60_000
const SLOWEST_CALL_MS = 20_000

interface Outcome {
  readonly isAlive: boolean
  readonly megabytes: number
  readonly seconds: number
  /** Connections of the attack: made, and open at the end. */
  readonly connected: number
  readonly left: number
  readonly calls: number
  readonly failed: number
  readonly slowestMs: number
}

const [program = 'dist/server.js', wanted = ''] = process.argv.slice(2)
const steps = createSteps({ limitMs: 3 * MOST_MS })
const issuer = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] })
steps.teardown(() => issuer.close())
const json = 'content-type: application/json'
const lines = [json, `authorization: Bearer ${issuer.token({ scope: undefined, permissions: [] })}`]
const batch = Array.from({ length: 20 }, (_, i) => request('ping', {}, `${i}`.padEnd(1024, 'x')))
const stated = { _meta: { 'io.modelcontextprotocol/protocolVersion': 'x'.repeat(MB - 300) } }

const attacks: ReadonlyArray<readonly [name: string, times: number, bytes: string]> = [
  ['ids of 1 MB', 3, raw(lines, JSON.stringify(request('ping', {}, 'x'.repeat(MB - 100))))],
  ['revisions of 1 MB', 3, raw(lines, JSON.stringify(request('ping', stated)))],
  ['batches of the longest ids', 100, raw(lines, JSON.stringify(batch))],
  ['batches of tool lists', 100, raw(lines, JSON.stringify(Array.from({ length: 20 }, (_, i) => request('tools/list', {}, i))))],
  ['preflights with 14 KB of names', 300, raw(['origin: http://localhost:3000', 'access-control-request-method: POST', `access-control-request-headers: ${'x'.repeat(14_000)}`], '', 'OPTIONS /mcp')],
  ['metadata, many requests at once', 5000, raw([], '', 'GET /.well-known/oauth-protected-resource')],
  ['refusals, many requests at once', 5000, raw([json])],
  ['bad targets, many requests at once', 5000, raw([], '', 'GET /%zz')]
]

const chosen = attacks.filter(([name]) => name.includes(wanted))
// Without this check a run of no attack would pass.
if (chosen.length === 0) await steps.step(wanted, async () => { throw new Error(`there is no attack of this name; there are: ${attacks.map(([name]) => name).join('; ')}`) })
for (const [name, times, bytes] of chosen) {
  await steps.step(name, async () => {
    const outcome = await attack(times, bytes)
    console.log(`  ${JSON.stringify(outcome)}`)
    check(outcome.isAlive, 'the server ended')
    check(outcome.megabytes < MOST_BYTES / MB, `${outcome.megabytes} MB of memory`)
    check(outcome.connected === CONNECTIONS, `${outcome.connected} connections of the attack were made`)
    check(outcome.left <= 0, `${outcome.left} connections are left`)
    check(outcome.calls > 0 && outcome.failed === 0, `${outcome.failed} of ${outcome.calls} calls failed, the slowest took ${outcome.slowestMs} ms`)
  })
}
await steps.end()

async function attack (times: number, bytes: string): Promise<Outcome> {
  const { server, port } = await start()
  const before = openSockets(server)
  const attacker = fork(fileURLToPath(new URL('attacker.ts', import.meta.url)), { execArgv: ['--import', import.meta.resolve('tsx')] })
  attacker.send({ port, connections: CONNECTIONS, times, bytes } satisfies Flood)
  let connected = 0
  attacker.on('message', () => connected++)
  const began = Date.now()
  let [memory, left, calls, failed, slowestMs] = [0, 0, 0, 0, 0]
  try {
    while (isRunning(server) && Date.now() - began < MOST_MS) {
      calls++
      const asked = performance.now()
      if (!await isServed(port)) failed++
      slowestMs = Math.max(slowestMs, Math.round(performance.now() - asked))
      memory = Math.max(memory, residentBytes(server))
      left = openSockets(server) - before
      if (connected === CONNECTIONS && left <= 0) break
      await sleep(100)
    }
    return { isAlive: isRunning(server), megabytes: Math.round(memory / MB), seconds: Math.round((Date.now() - began) / 1000), connected, left, calls, failed, slowestMs }
  } finally {
    attacker.kill('SIGKILL')
    server.kill('SIGKILL')
  }
}

async function start (): Promise<{ server: ChildProcess, port: number }> {
  const port = await freePort()
  const server = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, resolve(program)], {
    // No .env file is there.
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], AUTH0_DOMAIN: issuer.url, AUTH0_AUDIENCE: AUDIENCE, PORT: String(port), LOG_LEVEL: 'warn', RATE_LIMIT_MAX: 'off', CONCURRENT_CALLS_MAX: 'off' },
    stdio: 'ignore'
  })
  for (let i = 0; !await isServed(port); i++) {
    check(i < 300 && isRunning(server), 'the server does not start')
    await sleep(100)
  }
  return { server, port }
}

/** Makes one call as a client does: a server that is overloaded for a moment is asked again when it says so. */
async function isServed (port: number): Promise<boolean> {
  try {
    const response = await ask(port)
    if (response.status !== 503) return response.status === 200
    await sleep(1000 * Number(response.headers.get('retry-after')))
    return (await ask(port)).status === 200
  } catch {
    return false
  }
}

/** Makes one call, on a connection of its own. */
async function ask (port: number): Promise<Response> {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${issuer.token()}`, connection: 'close' },
    body: JSON.stringify(call('whoami')),
    signal: AbortSignal.timeout(SLOWEST_CALL_MS)
  })
  await response.text()
  return response
}

function isRunning ({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

function residentBytes ({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readOr('', () => readFileSync(`/proc/${pid}/status`, 'utf8')))?.[1] ?? 0) * 1024
}

/** How many sockets a process has. The attacker cannot tell: it does not read, and so does not see the end. */
function openSockets ({ pid }: ChildProcess): number {
  const folder = `/proc/${pid}/fd`
  return readOr([], () => readdirSync(folder)).filter(fd => readOr('', () => readlinkSync(`${folder}/${fd}`)).startsWith('socket:')).length
}

function readOr<Value> (otherwise: Value, read: () => Value): Value {
  try {
    return read()
  } catch {
    return otherwise
  }
}

function check (holds: boolean, fault: string): void {
  if (!holds) throw new Error(fault)
}
