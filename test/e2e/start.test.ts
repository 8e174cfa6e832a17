// Templates of the other process are plain text here.
/* eslint-disable no-template-curly-in-string */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError } from '../../process/settings.ts'
import { explain } from '../../process/start-error.ts'
import { call } from '../support/build.ts'
import { freePort } from '../support/ports.ts'
import { ROOT } from '../support/root.ts'
import { until } from '../support/wire.ts'
import { dist, ready, run, start } from './built-server.ts'

// The start of the built server: settings, `.env`, the line that says it is ready.

// Each test has a process and a port of its own, and mostly waits.
t.jobs = 3

for (const count of ['1', '4']) {
  t.test(`names a busy port once with WORKERS=${count}`, async t => {
    const { url, issuer } = await start(t)
    const { port } = new URL(url)
    const { child, output, exit } = run(t, { AUTH0_DOMAIN: issuer.url, PORT: port, WORKERS: count })
    await once(child, 'close')

    t.equal(await exit, 1)
    t.equal(output(), `Cannot start: port ${port} is in use. Set PORT to another one, or stop what listens there.\n`)
  })
}

t.test('lists all bad settings at once, and starts nothing', async t => {
  const { output, exit } = run(t, { PORT: '99999', SCOPE_CLAIMS: 'both' })

  t.equal(await exit, 1)
  t.match(output(), /AUTH0_DOMAIN: not set, expected/)
  t.match(output(), /PORT: found "99999", expected a whole number from 1 to 65535/)
  t.match(output(), /SCOPE_CLAIMS: found "both", expected "any" or/)
})

t.test('F-R9 the start line says which URL works and which access policy is in force', async t => {
  const { url, issuer, output } = await start(t)
  t.match(ready(output()), { resourceUrl: url, issuers: [issuer.url], access: { allowedClients: 'any', requiredOrg: 'any', allowM2m: true } })
  t.strictSame([...new Set(output().match(/https?:[^"\s]+/g))].sort(), [url, issuer.url].sort(), 'no line names another URL')
  t.notMatch(output(), 'NODE_TLS_REJECT_UNAUTHORIZED')
})

t.test('warns at start that certificates are not checked', async t => {
  const { output } = await start(t, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })
  t.match(output(), /"level":40[^\n]*NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked/)
})

t.test('a blank STATE_SECRET counts as unset: all workers get the same random one', async t => {
  const hello = '--import data:text/javascript,console.log(`secret=${process.env.STATE_SECRET}.`)'
  const { output } = await start(t, { WORKERS: '2', STATE_SECRET: '  ', NODE_OPTIONS: hello })
  await until(() => output().split('secret=').length === 4, output)
  const [first, ...others] = [...output().matchAll(/secret=(.*?)\./g)].map(([, secret = '']) => secret)

  t.equal(first, '  ', 'what the first process was given')
  t.match(others[0], /^[\w-]{43}$/)
  t.equal(others[0], others[1])
})

t.test('accepts no loopback name behind a proxy, except for health checks by address', async t => {
  const resource = 'https://mcp.example.com/mcp'
  const { url, issuer } = await start(t, { MCP_RESOURCE_URL: resource })
  const { port } = new URL(url)
  const token = issuer.token({ aud: resource })
  const ask = (path: string, headers: Record<string, string>, method = 'POST'): Promise<number | undefined> => new Promise((resolve, reject) => {
    const body = method === 'POST' ? JSON.stringify(call('whoami')) : ''
    request({ host: '127.0.0.1', port, path, method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers } }, response => resolve(response.resume().statusCode)).on('error', reject).end(body)
  })

  t.equal(await ask('/mcp', { host: 'mcp.example.com' }), 200)
  for (const host of [`localhost:${port}`, '127.0.0.1', '[::1]:3000']) t.equal(await ask('/mcp', { host }), 403, host)
  t.equal(await ask('/mcp', { host: 'mcp.example.com', origin: 'https://mcp.example.com' }), 200)
  for (const origin of [`http://localhost:${port}`, 'http://127.0.0.1:6274']) t.equal(await ask('/mcp', { host: 'mcp.example.com', origin }), 403, origin)
  for (const path of ['/health/live', '/health/ready']) t.equal(await ask(path, { host: `127.0.0.1:${port}` }, 'GET'), 200, path)
})

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const hasProxy = major > 24 || (major === 24 && minor >= 5)

t.test('F-C8 keys are fetched through an outgoing proxy where NODE_USE_ENV_PROXY=1', { skip: !hasProxy && 'this version of Node has no such setting' }, async t => {
  const asked: Array<string | undefined> = []
  const proxy = createServer(({ url }, response) => {
    asked.push(url)
    response.end('{"keys":[]}')
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => proxy.close())

  const url = 'http://issuer.example/.well-known/jwks.json'
  const program = `import { fetchKeys } from ${JSON.stringify(join(ROOT, 'auth/keys/fetch.ts'))}; console.log(await fetchKeys(${JSON.stringify(url)}, 5000, new AbortController().signal))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` } })
  const [code] = await once(child, 'close')
  t.strictSame([code, asked], [0, [url]])
})

t.test('SIGTERM to npm start ends the server in good order, and npm waits for that', { skip: process.platform === 'win32' && 'Windows has no signals' }, async t => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const folder = t.testdir({ 'package.json': JSON.stringify({ type: 'module', scripts: { start: scripts['start'] } }), dist: t.fixture('symlink', join(dist, 'dist')) })
  const port = await freePort()
  const child = spawn('npm', ['start'], { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, AUTH0_DOMAIN: 'http://127.0.0.1:1/', PORT: String(port) } })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', chunk => { output += chunk })
  await until(() => output.includes('ready for connections'), () => output)
  child.kill('SIGTERM')

  t.strictSame(await once(child, 'exit'), [0, null])
  await t.rejects(fetch(`http://127.0.0.1:${port}/health/live`), 'nothing listens any more')
})

t.test('npm start without a build says that a build is needed first', async t => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const { status, stdout, stderr } = spawnSync(scripts['start'] as string, { shell: true, cwd: t.testdir({}), encoding: 'utf8' })
  t.strictSame([status, stdout], [1, ''])
  // The shell itself says first that there is no such folder.
  t.match(stderr, /(?:^|\n)There is no build yet\. Run npm run build first\.\s*$/)
})

t.test('the scripts of package.json run in the shell of Windows, with exec.cmd in place of exec', async t => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  t.strictSame(Object.values(scripts).filter(script => /\brm\b|\bcp\b|;|\$|'|^[A-Z_]+=/.test(script)), [])
  t.match(readFileSync(join(ROOT, 'exec.cmd'), 'utf8'), /^@%\*\r$/m, 'exec')
})

t.test('names the setting if HOST is an address of another machine', async t => {
  const { output, exit } = run(t, { AUTH0_DOMAIN: 'tenant.eu.auth0.com', HOST: '192.0.2.1', MCP_RESOURCE_URL: 'https://mcp.example.com/mcp' })
  t.equal(await exit, 1)
  t.equal(output(), 'Cannot start: "192.0.2.1" is not an address of this machine. Set HOST to one that is.\n')
})

t.test('names the setting if HOST is an unknown name or PORT needs rights', async t => {
  const failure = (error: object) => explain(Object.assign(new Error('listen failed'), error))
  t.match(failure({ code: 'ENOTFOUND', hostname: 'no.example' }), /"no\.example" is not an address.* Set HOST/)
  t.match(failure({ code: 'EADDRNOTAVAIL', address: '192.0.2.1' }), /"192\.0\.2\.1" is not an address/)
  t.match(failure({ code: 'EACCES', port: 80 }), /may not listen on port 80\. Set PORT/)
  t.match(failure({ code: 'EADDRINUSE', port: 80 }), /port 80 is in use/)
  t.equal(failure({ code: 'EACCES' }), 'Cannot start: listen failed')
  t.match(explain(new ConfigError(['A: b', 'C: d'])), /:\n {2}A: b\n {2}C: d$/)
})

t.test('a signal in answer to the first line of the log ends the server with 0', async t => {
  const folder = t.testdir({
    // Sends the signal before the line is written, which is earlier than any reader of it can.
    'signal.mjs': `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { writeSync } = fs
fs.writeSync = (file, bytes) => {
  if (file === 1) process.kill(process.pid, 'SIGTERM')
  return writeSync(file, bytes)
}
syncBuiltinESMExports()
`
  })
  const { output, exit } = run(t, { AUTH0_DOMAIN: 'http://127.0.0.1:1/', PORT: String(await freePort()), NODE_OPTIONS: `--import ${join(folder, 'signal.mjs')}` })
  t.equal(await exit, 0)
  t.match(output(), /Server listening at/)
})
