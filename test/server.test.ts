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
  /** Sends a signal and gives the exit code. */
  stop (signal?: NodeJS.Signals): Promise<number | null>
}

/** A process of its own: nothing of this one's environment but what is given. */
function run (t: Test, env: Record<string, string>): { child: ChildProcess, output: () => string, exit: Promise<number | null> } {
  const child = spawn(process.execPath, ['dist/server.js'], { cwd: dist, env: { PATH: process.env['PATH'], ...env } })
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const chunks: string[] = []
  child.stdout.setEncoding('utf8').on('data', chunk => chunks.push(chunk))
  child.stderr.setEncoding('utf8').on('data', chunk => chunks.push(chunk))
  t.teardown(() => child.kill('SIGKILL'))
  return { child, output: () => chunks.join(''), exit }
}

async function start (t: Test, env: Record<string, string> = {}): Promise<Running> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const issuer = await startIssuer({ audience: url, scopes: ['tool:whoami'] })
  t.teardown(() => issuer.close())
  const { child, output, exit } = run(t, { AUTH0_DOMAIN: issuer.url, PORT: String(port), ...env })
  await until(() => output().includes('ready for connections'), output)
  await until(() => fetch(new URL('/health/ready', url)).then(({ status }) => status === 200), output)
  return {
    url,
    issuer,
    output,
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
  for (const end = Date.now() + 15_000; !await condition();) {
    if (Date.now() > end) throw new Error(`gave up waiting: ${output()}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** The processes that said they are ready. */
function workers (output: string): number[] {
  return output.split('\n').filter(line => line.includes('ready for connections')).map(line => JSON.parse(line).pid)
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
  t.notMatch(output(), /FastifyError|"level":[56]0/)
  t.match(output(), /"status":499[^\n]*"aborted"/)
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

t.test('a busy port is told, by workers too', async t => {
  const { url, issuer } = await start(t)
  const { output, exit } = run(t, { AUTH0_DOMAIN: issuer.url, PORT: new URL(url).port, WORKERS: '2' })

  t.equal(await exit, 1)
  t.match(output(), `port ${new URL(url).port} is in use`)
})

t.test('a busy port is told', async t => {
  const { url, issuer } = await start(t)
  const { output, exit } = run(t, { AUTH0_DOMAIN: issuer.url, PORT: new URL(url).port })

  t.equal(await exit, 1)
  t.match(output(), `port ${new URL(url).port} is in use`)
})

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
