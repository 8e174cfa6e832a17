import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { AUDIENCE, build, call, type Setup } from '../support/build.ts'
import { freePort } from '../support/ports.ts'
import { ROOT } from '../support/root.ts'
import { createStory, slowTools, type Story } from '../support/tools/slow.ts'
import { listen, until } from '../support/wire.ts'
import whoami from '../../tools/whoami.ts'

const HOST = 'mcp.example.com'
// Linux has all of 127/8 on loopback, so that the client can have another address than nginx.
const CLIENT_ADDRESS = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1'
const FORGED_ADDRESS = '203.0.113.7'
const RESOURCE_URL = `https://${HOST}/tools/mcp`
const METADATA_URL = `https://${HOST}/.well-known/oauth-protected-resource/tools/mcp`
// Debian's nginx is in a folder that only root has in its PATH.
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }
const missing = ['nginx', 'openssl'].filter(name => spawnSync(name, [name === 'nginx' ? '-v' : 'version'], { env }).error !== undefined)

t.test('deploy/nginx.conf', { skip: missing.length > 0 && `${missing.join(' and ')} not installed` }, async t => {
  const story = createStory()
  const server = await build(t, {
    env: { MCP_RESOURCE_URL: RESOURCE_URL, AUTH0_AUDIENCE: AUDIENCE, TRUST_PROXY: 'loopback' },
    tools: [whoami, ...slowTools(story)]
  })
  const proxy = await startNginx(t, await listen(server.app))

  await t.test('F-C9 serves the metadata at the public URL', t => servesMetadata(t, proxy))
  await t.test('passes the 401 challenge on', t => passesChallenge(t, proxy))
  await t.test('F-C9 removes the path prefix and passes the token on', t => passesToken(t, proxy, server))
  await t.test('F-C6 the server logs the address of the client, not of nginx or of a forged header', t => passesAddress(t, proxy, server))
  await t.test('passes each event of a stream on at once', t => streams(t, proxy, server, story))
  await t.test('cancels the tool when the client closes the connection', t => cancels(t, proxy, server, story))
  await t.test('passes a token of 12 KiB and a body of 1 MiB on', t => passesLarge(t, proxy, server))
  await t.test('hides all other paths', t => hidesOthers(t, proxy))
  await t.test('logs no query string and no token in a path', t => logsNoQuery(t, proxy))
})

async function servesMetadata (t: Test, { send }: Proxy): Promise<void> {
  for (const path of [new URL(METADATA_URL).pathname, `${new URL(METADATA_URL).pathname}/`, '/.well-known/oauth-protected-resource']) {
    const { status, headers, text } = await send('GET', path)
    t.equal(status, 200, path)
    t.equal(headers['access-control-allow-origin'], '*')
    t.match(JSON.parse(await text()), { resource: RESOURCE_URL })
  }
}

async function passesChallenge (t: Test, { send }: Proxy): Promise<void> {
  for (const path of ['/tools/mcp', '/tools/mcp/']) {
    const { status, headers } = await send('POST', path, { body: call('whoami') })
    t.equal(status, 401, path)
    t.match(headers['www-authenticate'], `resource_metadata="${METADATA_URL}"`)
  }
}

async function passesToken (t: Test, { send }: Proxy, { issuer, logs }: Setup): Promise<void> {
  const { status, text } = await send('POST', '/tools/mcp', { token: issuer.token(), body: call('whoami') })
  t.equal(status, 200)
  await until(() => logs.at(-1)?.['status'] === 200)
  t.equal(logs.at(-1)?.['path'], '/mcp')
  t.match(JSON.parse(await text()), { result: { structuredContent: { issuer: issuer.url } } })
}

async function passesAddress (t: Test, { send }: Proxy, { logs }: Setup): Promise<void> {
  const { status } = await send('POST', '/tools/mcp', { body: call('whoami') })
  t.equal(status, 401)
  await until(() => logs.at(-1)?.['reason'] === 'no_credentials')
  t.equal(logs.at(-1)?.['address'], CLIENT_ADDRESS)
}

async function streams (t: Test, { send }: Proxy, { issuer }: Setup, story: Story): Promise<void> {
  const answer = await send('POST', '/tools/mcp', { token: issuer.token({ scope: 'test:slow' }), body: slowCall('stubborn', 'streamed') })
  t.equal(answer.headers['content-type'], 'text/event-stream')
  // The tool waits until this event has arrived.
  t.match(await answer.next(), '"progress":1')
  story.tell('streamed let go')
  t.match(await answer.text(), '"text":"done"')
}

async function cancels (t: Test, { send }: Proxy, { issuer }: Setup, story: Story): Promise<void> {
  const answer = await send('POST', '/tools/mcp', { token: issuer.token({ scope: 'test:slow' }), body: slowCall('work', 'cancelled') })
  await answer.next()
  answer.close()
  t.ok(await story.happened('cancelled stopped'))
}

async function passesLarge (t: Test, { send }: Proxy, { issuer }: Setup): Promise<void> {
  const token = issuer.token({ padding: 'x'.repeat(8 * 1024) })
  t.ok(token.length > 11 * 1024)
  t.equal((await send('POST', '/tools/mcp', { token, body: call('whoami') })).status, 200)

  const message = call('whoami') as { params: object }
  const body = { ...message, params: { ...message.params, _meta: { padding: 'x'.repeat(1024 * 1024 - 200) } } }
  t.equal((await send('POST', '/tools/mcp', { token: issuer.token(), body })).status, 200)
}

async function hidesOthers (t: Test, { send }: Proxy): Promise<void> {
  for (const path of ['/', '/mcp', '/health/ready', '/tools/health/ready', '/tools/mcp/../health/ready', '/.well-known/other']) {
    t.equal((await send('GET', path)).status, 404, path)
  }
}

async function logsNoQuery (t: Test, { send, log }: Proxy): Promise<void> {
  await send('POST', '/tools/mcp?access_token=secret', { body: call('whoami') })
  for (const path of ['/tools/mcp/eyJ', '/eyJ', '/%65yJ']) await send('POST', `${path}secret.eyJ.x`, { body: call('whoami') })
  await until(() => log().split('(token)').length === 4)
  t.match(log(), '"POST /tools/mcp" 401')
  t.notMatch(log(), /secret|\?/)
}

function slowCall (name: string, as: string): object {
  const message = call(name, { as }) as { params: object }
  return { ...message, params: { ...message.params, _meta: { progressToken: as } } }
}

interface ProxyAnswer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  /** The next piece of the body. */
  next (): Promise<string>
  /** The rest of the body. */
  text (): Promise<string>
  close (): void
}

interface Proxy {
  /** Sends a request over TLS, to the public host name. */
  send (method: string, path: string, options?: { token?: string, body?: object }): Promise<ProxyAnswer>
  /** What nginx wrote to its access log so far. */
  log (): string
}

/** nginx with the configuration of deploy/, in which only the ports and the files are others. */
async function startNginx (t: Test, upstreamPort: number): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const port = await freePort()
  const ca = makeCertificate(folder)
  // nginx would serve this page if the configuration let it.
  mkdirSync(join(folder, 'html'))
  writeFileSync(join(folder, 'html/index.html'), 'Welcome')
  const config = readFileSync(join(ROOT, 'deploy/nginx.conf'), 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('127.0.0.1:3000', `127.0.0.1:${upstreamPort}`)
    .replaceAll('/etc/ssl/', `${folder}/`)
    .replaceAll('/var/log/nginx/', `${folder}/`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`)
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {} http { ${temporary.join(' ')}\n${config}}`)

  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], { env, stdio: ['ignore', 'inherit', 'pipe'] })
  const exit = once(child, 'exit')
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', chunk => { errors += chunk })
  t.teardown(async () => {
    child.kill()
    await exit
    rmSync(folder, { recursive: true })
  })
  await until(async () => {
    if (child.exitCode !== null) throw new Error(errors)
    return await answers(port)
  })

  return {
    send: (method, path, { token, body } = {}) => send({ port, ca, method, path, token, body }),
    log: () => readFileSync(join(folder, 'mcp.log'), 'utf8')
  }
}

function makeCertificate (folder: string): string {
  const [key, certificate] = [join(folder, `${HOST}.key`), join(folder, `${HOST}.pem`)]
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`, '-keyout', key, '-out', certificate], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return readFileSync(certificate, 'utf8')
}

function answers (port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => { resolve(true); socket.destroy() })
    socket.on('error', () => resolve(false))
  })
}

function send ({ port, ca, method, path, token, body }: { port: number, ca: string, method: string, path: string, token?: string | undefined, body?: object | undefined }): Promise<ProxyAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      host: '127.0.0.1',
      localAddress: CLIENT_ADDRESS,
      servername: HOST,
      port,
      ca,
      method,
      path,
      agent: false,
      headers: {
        host: HOST,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'x-forwarded-for': FORGED_ADDRESS,
        ...(token !== undefined && { authorization: `Bearer ${token}` })
      }
    }, response => {
      const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]()
      const next = async (): Promise<string> => (await chunks.next()).value ?? ''
      resolve({
        status: response.statusCode,
        headers: response.headers,
        next,
        async text () {
          let text = ''
          for (let chunk = await next(); chunk !== ''; chunk = await next()) text += chunk
          return text
        },
        close () { response.destroy() }
      })
    })
    request.on('error', reject).end(body && JSON.stringify(body))
  })
}
