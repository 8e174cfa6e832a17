import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { publicJwk, startIssuer, type Issuer } from '../dev/issuer.ts'
import { call } from './helper.ts'

// What is shipped: built once, run as an operator would.
const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const dist = mkdtempSync(join(tmpdir(), 'dist-'))
const built = spawnSync(process.execPath, ['--import', 'tsx', 'build.ts', 'server.ts', join(dist, 'dist')], { cwd: root, encoding: 'utf8', env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0' } })
if (built.status !== 0) throw new Error(built.stderr)
symlinkSync(join(root, 'node_modules'), join(dist, 'node_modules'))
writeFileSync(join(dist, 'package.json'), '{"type":"module"}')

interface Running {
  readonly url: string
  readonly issuer: Issuer
  /** What it wrote so far. */
  output (): string
  /** Its exit code, once it ends. */
  readonly exit: Promise<number | null>
  /** Sends a signal and gives the exit code. */
  stop (signal?: NodeJS.Signals): Promise<number | null>
}

/** A process of its own: nothing of this one's environment but what is given. `.env` is read in `folder`. */
function run (t: Test, env: Record<string, string>, folder = dist): { child: ChildProcess, output: () => string, exit: Promise<number | null> } {
  const child = spawn(process.execPath, [join(dist, 'dist/server.js')], { cwd: folder, env: { PATH: process.env['PATH'], ...env } })
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const chunks: string[] = []
  child.stdout.setEncoding('utf8').on('data', chunk => chunks.push(chunk))
  child.stderr.setEncoding('utf8').on('data', chunk => chunks.push(chunk))
  t.teardown(() => child.kill('SIGKILL'))
  return { child, output: () => chunks.join(''), exit }
}

async function start (t: Test, env: Record<string, string> = {}, folder = dist): Promise<Running> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const issuer = await startIssuer({ audience: url, scopes: ['tool:whoami'] })
  t.teardown(() => issuer.close())
  const { child, output, exit } = run(t, { AUTH0_DOMAIN: issuer.url, PORT: String(port), ...env }, folder)
  await until(() => output().includes('ready for connections'), output)
  await until(() => fetch(new URL('/health/ready', url)).then(({ status }) => status === 200), output)
  return {
    url,
    issuer,
    output,
    exit,
    stop (signal = 'SIGTERM') {
      child.kill(signal)
      return exit
    }
  }
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Waits for a condition, and tells what was written if it does not come. */
async function until (condition: () => boolean | Promise<boolean>, output: () => string): Promise<void> {
  for (const end = Date.now() + 60_000; !await condition();) {
    if (Date.now() > end) throw new Error(`gave up waiting: ${output()}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** The processes that said they are ready. */
function workers (output: string): number[] {
  return output.split('\n').filter(line => line.includes('ready for connections')).map(line => JSON.parse(line).pid)
}

/** A server with two workers that both serve. The end of the test is their end too. */
async function startTwo (t: Test, folder = dist): Promise<Running & { pids: readonly [number, number] }> {
  const running = await start(t, { WORKERS: '2' }, folder)
  await until(() => workers(running.output()).length === 2, running.output)
  const pids = workers(running.output()) as [number, number]
  t.teardown(() => pids.filter(runs).forEach(pid => process.kill(pid, 'SIGKILL')))
  return { ...running, pids }
}

function runs (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function whoami (url: string, token: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(call('whoami'))
  })
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`the built server answers, and ${signal} ends it with 0`, async t => {
    const { url, issuer, stop, output } = await start(t)
    const response = await whoami(url, issuer.token())

    t.equal(response.status, 200)
    t.match(await response.json(), { result: { structuredContent: { issuer: issuer.url } } })
    t.equal((await fetch(new URL('/health/ready', url))).status, 200)
    t.equal(await stop(signal), 0)
    t.notMatch(output(), /Bearer|eyJ/)
  })
}

t.test('a request in flight is answered before the end, though the issuer is slow', async t => {
  const { url, issuer, stop } = await start(t)
  const rotated = issuer.rotate()
  let letGo = (): void => {}
  const asked = new Promise<void>(resolve => {
    issuer.answer = (_request, response) => {
      letGo = () => response.end(JSON.stringify({ keys: issuer.keys.map(publicJwk) }))
      resolve()
    }
  })
  const inFlight = whoami(url, issuer.token({}, { key: rotated }))
  await asked
  const ended = stop()
  await until(() => fetch(new URL('/health/ready', url)).then(({ status }) => status === 503, () => true), () => 'still ready')
  letGo()

  t.equal((await inFlight).status, 200)
  t.equal(await ended, 0)
})

t.test('the end comes though the issuer hangs and sockets never speak', async t => {
  const { url, issuer, stop } = await start(t, { JWKS_TIMEOUT: '2' })
  const { port } = new URL(url)
  const silent = connect(Number(port), '127.0.0.1').on('error', () => {})
  const halfSpoken = connect(Number(port), '127.0.0.1', () => halfSpoken.write('POST /mcp HTTP/1.1\r\nHost: lo')).on('error', () => {})
  await Promise.all([once(silent, 'connect'), once(halfSpoken, 'connect')])
  const asked = new Promise<void>(resolve => { issuer.answer = () => resolve() })
  const hanging = whoami(url, issuer.token({}, { key: issuer.rotate() })).then(({ status }) => status, () => 'cut off')
  await asked
  const before = Date.now()

  t.equal(await stop(), 0)
  t.ok(Date.now() - before < 8000, 'as soon as the issuer is given up')
  t.match(await hanging, /503|cut off/)
})

t.test('WORKERS=2: two processes serve one port, one that dies is replaced, all end together', async t => {
  const { url, issuer, stop, output } = await start(t, { WORKERS: '2' })
  await until(() => workers(output()).length === 2, output)
  const statuses = await Promise.all(Array.from({ length: 20 }, () => whoami(url, issuer.token()).then(({ status }) => status)))
  t.strictSame(new Set(statuses), new Set([200]))

  process.kill(workers(output())[0] as number, 'SIGKILL')
  await until(() => workers(output()).length === 3, output)
  t.equal((await whoami(url, issuer.token())).status, 200)
  t.equal(await stop(), 0)
})

t.test('the end comes after ten seconds, and is no failure, though an answer never does', async t => {
  const { url, issuer, stop, output } = await start(t)
  const { port } = new URL(url)
  const slow = connect(Number(port), '127.0.0.1', () => slow.write(`POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer ${issuer.token()}\r\nContent-Length: 9\r\n\r\n{`)).on('error', () => {})
  // Answered after the one before has come in.
  await once(slow, 'connect')
  t.equal((await whoami(url, issuer.token())).status, 200)
  const before = Date.now()

  t.equal(await stop(), 0)
  t.ok(Date.now() - before > 9000, 'it is waited for')
  t.notMatch(output(), /FastifyError|"level":60/)
  t.match(output(), /"status":499[^\n]*"aborted"/)
})

// They mostly wait, and do so side by side.
t.test('workers that hang or cannot start', { jobs: 4 }, async t => {
  t.test('a worker that hangs is killed after twelve seconds, and that is a failure', async t => {
    const { stop, output, pids: [stuck, other] } = await startTwo(t)
    process.kill(stuck, 'SIGSTOP')
    const before = Date.now()

    t.equal(await stop(), 1)
    t.ok(Date.now() - before > 11_000, 'it is waited for')
    t.ok(Date.now() - before < 14_500, 'as long as is said')
    t.match(output(), `worker ${stuck} did not end within 12 s and is killed`)
    t.notMatch(output(), `worker ${other}`)
    t.strictSame([stuck, other].filter(runs), [])
  })

  t.test('a second signal ends a worker that hangs as well', async t => {
    const { stop, pids } = await startTwo(t)
    process.kill(pids[0], 'SIGSTOP')
    const ended = stop()
    await new Promise(resolve => setTimeout(resolve, 1200))

    stop()
    t.equal(await ended, 1)
    await until(() => !pids.some(runs), () => 'a worker still runs')
  })

  t.test('where no worker can be replaced, four are tried, ever later, and the end is a failure', async t => {
    const folder = t.testdir()
    const { output, exit, pids } = await startTwo(t, folder)
    writeFileSync(join(folder, '.env'), 'CLOCK_TOLERANCE=nonsense\n')
    pids.forEach(pid => process.kill(pid, 'SIGKILL'))
    await until(() => output().includes('giving up'), output)

    t.equal(await exit, 1)
    t.strictSame(output().match(/(?<=starts within )\S+/g), ['0.5', '0.5', '1', '2', '4'])
    t.equal(output().match(/CLOCK_TOLERANCE: found "nonsense"/g)?.length, 4)
    t.match(output(), /ended with 1; giving up, as no worker runs and the last 4 did not start\n$/)
  })

  t.test('workers that can start again are all back, and a wait for one does not hold the end', async t => {
    const folder = t.testdir()
    const { output, stop, pids } = await startTwo(t, folder)
    const file = join(folder, '.env')
    writeFileSync(file, 'CLOCK_TOLERANCE=nonsense\n')
    pids.forEach(pid => process.kill(pid, 'SIGKILL'))
    await until(() => output().includes('within 1 s'), output)
    writeFileSync(file, '')
    await until(() => workers(output()).length === 4, output)

    writeFileSync(file, 'CLOCK_TOLERANCE=nonsense\n')
    process.kill(workers(output())[2] as number, 'SIGKILL')
    await until(() => output().split('within 2 s').length === 2, output)
    t.equal(await stop(), 0)
  })
})

for (const state of ['the first worker starts', 'the others start']) {
  t.test(`SIGTERM while ${state} ends all with 0, and quietly`, async t => {
    const hello = '--import data:text/javascript,console.log(1)'
    const { child, output, exit } = run(t, { AUTH0_DOMAIN: 'http://127.0.0.1:1/', PORT: String(await freePort()), WORKERS: '4', NODE_OPTIONS: hello, LOG_LEVEL: 'fatal' })
    const processes = state === 'the others start' ? 3 : 2
    await until(() => output().split('\n').length > processes, output)
    child.kill('SIGTERM')

    t.equal(await exit, 0)
    t.match(output(), /^(1\n)+$/)
  })
}

for (const count of ['1', '4']) {
  t.test(`a busy port is told, once, where WORKERS=${count}`, async t => {
    const { url, issuer } = await start(t)
    const { port } = new URL(url)
    const { child, output, exit } = run(t, { AUTH0_DOMAIN: issuer.url, PORT: port, WORKERS: count })
    await once(child, 'close')

    t.equal(await exit, 1)
    t.equal(output(), `Cannot start: port ${port} is in use. Set PORT to another one, or stop what listens there.\n`)
  })
}

t.test('bad settings are told, all at once, and nothing starts', async t => {
  const { output, exit } = run(t, { PORT: '99999', SCOPE_CLAIMS: 'both' })

  t.equal(await exit, 1)
  t.match(output(), /AUTH0_DOMAIN: not set, expected/)
  t.match(output(), /PORT: found "99999", expected a whole number from 1 to 65535/)
  t.match(output(), /SCOPE_CLAIMS: found "both", expected "any" or/)
})

t.test('.env is read, and the environment wins', async t => {
  writeFileSync(join(dist, '.env'), 'AUTH0_DOMAIN=tenant.example\nPORT=nonsense\nCLOCK_TOLERANCE=nonsense\n')
  t.teardown(() => writeFileSync(join(dist, '.env'), ''))
  const { output, exit } = run(t, { PORT: 'other' })

  t.equal(await exit, 1)
  t.notMatch(output(), 'AUTH0_DOMAIN')
  t.match(output(), 'PORT: found "other"')
  t.match(output(), 'CLOCK_TOLERANCE: found "nonsense"')
})

t.test('the examples work as they are', async t => {
  const { url, issuer } = await start(t)
  for (const [command, script] of [['curl', 'curl.sh'], ['http', 'httpie.sh']] as const) {
    const missing = spawnSync(command, ['--version']).error !== undefined
    await t.test(script, { skip: missing && `${command} is not installed` }, async t => {
      const child = spawn('sh', [join(root, 'examples', script), url], { env: { ...process.env, TOKEN: issuer.token() } })
      let output = ''
      child.stdout.setEncoding('utf8').on('data', chunk => { output += chunk })
      const [code] = await once(child, 'exit')

      t.equal(code, 0)
      t.match(output, issuer.url)
    })
  }
})
