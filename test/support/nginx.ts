import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from './ports.ts'
import { ROOT } from './root.ts'
import { until } from './wire.ts'

/** The public host name. */
export const HOST = 'mcp.example.com'
/** The address of the client. On Linux, which has all of 127/8 on loopback, it differs from that of nginx. */
export const CLIENT_ADDRESS = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1'
const FORGED_ADDRESS = '203.0.113.7'
/** The environment of nginx. Debian has it in a folder that only root has in its PATH. */
export const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }

/** An answer that came through nginx. */
export interface ProxyAnswer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  /** The next piece of the body. */
  next (): Promise<string>
  /** The rest of the body. */
  text (): Promise<string>
  close (): void
}

/** A running nginx. */
export interface Proxy {
  /** Sends a request over TLS, to the public host name. */
  send (method: string, path: string, options?: { token?: string, body?: object }): Promise<ProxyAnswer>
  /** What nginx wrote to its access log so far. */
  log (): string
}

/** nginx with the configuration of deploy/, in which only the ports and the files are others. */
export async function startNginx (t: Test, upstreamPort: number): Promise<Proxy> {
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
