import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { startIssuer } from '../../dev/issuer.ts'
import { publicJwk } from '../../dev/signing.ts'
import { freePort } from '../support/ports.ts'
import { ROOT } from '../support/root.ts'
import { until } from '../support/wire.ts'
import { dist, pair, start, whoami } from './built-server.ts'

// Each test has processes and ports of its own, and waits for them most of the time.
t.jobs = 3

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`the built server answers, and ${signal} ends it with 0`, async t => {
    const { url, issuer, stop, output } = await start(t)
    const response = await whoami(url, issuer.token())

    t.equal(response.status, 200)
    t.match(await response.json(), { result: { structuredContent: { issuer: issuer.url } } })
    t.equal((await fetch(new URL('/health/ready', url))).status, 200)
    t.equal(await stop(signal), 0)
    t.notMatch(output(), /Bearer|eyJ/)
    t.strictSame(output().match(/http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d+\/mcp|Server listening at [^"]*/g)?.slice(0, 1), [`Server listening at http://localhost:${new URL(url).port}/mcp`], 'the start line has only the URL that works')
    t.notMatch(output(), `//127.0.0.1:${new URL(url).port}`)
  })
}

t.test('answers a request in flight before it ends, although the issuer is slow', async t => {
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

t.test('SHUTDOWN_DELAY: a stopping server is not ready, accepts requests, and ends each connection with its answer', async t => {
  await Promise.all([{}, { WORKERS: '2' }].map(async env => {
    // A busy machine takes a second for the requests below.
    const { url, issuer, stop } = await start(t, { SHUTDOWN_DELAY: '3', ...env })
    const token = issuer.token()
    const ready = () => fetch(new URL('/health/ready', url)).then(({ status }) => status)
    const kept = await whoami(url, token)
    t.notMatch(kept.headers.get('connection'), 'close')

    const before = Date.now()
    const ended = stop()
    await until(async () => await ready() === 503, () => 'still ready')
    const answers = await Promise.all(Array.from({ length: 20 }, () => whoami(url, token)))
    t.strictSame(answers.map(({ status, headers }) => [status, headers.get('connection')]), answers.map(() => [200, 'close']))
    t.equal(await ended, 0)
    t.ok(Date.now() - before >= 2990, 'it waits for the delay')
    await t.rejects(ready())
  }))
})

t.test('ends although the issuer hangs and sockets stay silent', async t => {
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

t.test('the examples work as written', async t => {
  const { url, issuer } = await start(t)
  for (const [command, script] of [['curl', 'curl.sh'], ['http', 'httpie.sh']] as const) {
    const missing = spawnSync(command, ['--version']).error !== undefined
    await t.test(script, { skip: missing && `${command} is not installed` }, async t => {
      const child = spawn('sh', [join(ROOT, 'examples', script), url], { env: { ...process.env, TOKEN: issuer.token() } })
      let output = ''
      child.stdout.setEncoding('utf8').on('data', chunk => { output += chunk })
      const [code] = await once(child, 'exit')

      t.equal(code, 0)
      t.match(output, issuer.url)
      t.strictSame(output.trim().split('\n').map(line => JSON.parse(line).id), [1, 2], 'each answer has a line')
    })
  }
})

t.test('serves and stops in good order although the disk of its log is full', { skip: !existsSync('/dev/full') && 'only Linux has /dev/full' }, async t => {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const issuer = await startIssuer({ audience: url, scopes: ['tool:whoami'] }, pair)
  t.teardown(() => issuer.close())
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [join(dist, 'dist/server.js')], { cwd: dist, env: { PATH: process.env['PATH'], AUTH0_DOMAIN: issuer.url, PORT: String(port) }, stdio: ['ignore', full, 'pipe'] })
  closeSync(full)
  t.teardown(() => child.kill('SIGKILL'))
  let told = ''
  child.stderr?.setEncoding('utf8').on('data', chunk => { told += chunk })
  const exit = once(child, 'exit')
  await until(() => whoami(url, issuer.token()).then(({ status }) => status === 200, () => false), () => told, 20)
  child.kill('SIGTERM')

  t.strictSame(await exit, [0, null])
  t.equal(told, 'The log cannot be written, and its lines are lost until it can: ENOSPC: no space left on device, write\n')
})
