import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from '../support/build.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command with no environment but `env`. */
async function run (t: Test, script: string, env: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [...TYPESCRIPT, join(ROOT, script), ...args], { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', chunk => { output[name] += chunk })
  const [code] = await once(child, 'close')
  return { code, ...output }
}

async function listen (t: Test, listener: RequestListener, port = 0): Promise<number> {
  const server = createServer(listener).listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

// The processes take their time to load, so they run side by side.
t.test('commands', { jobs: 4 }, async t => {
  for (const [what, status, body, expected] of [
    ['an error', 403, '{"error":"access_denied","error_description":"No such API"}', 'status 403, access_denied: No such API'],
    ['a terminal sequence', 403, '{"error":"\\u001b[2Jdenied"}', 'status 403, [2Jdenied'],
    ['a token of several lines', 200, '{"access_token":"a\\nb"}', 'status 200, without a cause'],
    ['an object without a cause', 200, '{"access_token":7}', 'status 200, without a cause']
  ] as const) {
    t.test(`F-D3 token says what the tenant answered: ${what}`, async t => {
      const port = await listen(t, (_request, response) => response.writeHead(status).end(body))
      const url = `http://127.0.0.1:${port}/`
      const outcome = await run(t, 'cli/token.ts', { AUTH0_DOMAIN: url, AUTH0_CLIENT_ID: 'a', AUTH0_CLIENT_SECRET: 'b' })
      t.strictSame(outcome, { code: 1, stdout: '', stderr: `${url} gave no token: ${expected}\n` })
    })
  }

  t.test('token prints a token that the server never accepts, and says on standard error how to mend it, and which options have no effect', async t => {
    const port = await listen(t, (_request, response) => response.end('{"access_token":"v3ryRand0mOpaqueT0ken"}'))
    const outcome = await run(t, 'cli/token.ts', { AUTH0_DOMAIN: `http://127.0.0.1:${port}/`, AUTH0_CLIENT_ID: 'a', AUTH0_CLIENT_SECRET: 'b' }, '--expired', '--scope', 'x', '--machine')
    t.match(outcome, { code: 0, stdout: /^v3ryRand0mOpaqueT0ken\n$/, stderr: /^Without effect: --expired, --machine\. AUTH0_DOMAIN is set, .*\nThis is an opaque token, .*\n$/ })
  })

  t.test('token treats blank credentials as absent', async t => {
    const outcome = await run(t, 'cli/token.ts', { AUTH0_DOMAIN: 'tenant.eu.auth0.com', AUTH0_CLIENT_ID: 'a', AUTH0_CLIENT_SECRET: '  ' })
    t.strictSame(outcome, { code: 1, stdout: '', stderr: 'AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET: not set, expected those of a machine-to-machine application\n' })
  })

  t.test('F-D3 token prints nothing but a token, and says how to start the development issuer', async t => {
    const port = await listen(t, (_request, response) => response.end('<p>a page</p>'))
    const { code, stdout, stderr } = await run(t, 'cli/token.ts', { PORT: String(port - 1) })
    t.strictSame([code, stdout], [1, ''])
    t.match(stderr, `http://localhost:${port}/dev/token gave no token: status 200. Is it the development issuer, from "npm run dev"?`)

    const none = await run(t, 'cli/token.ts', { PORT: '1' })
    t.match(none, { code: 1, stdout: '', stderr: /^no answer from http:\/\/localhost:2\/dev\/token \(ECONNREFUSED\): start the development issuer with "npm run dev", or set AUTH0_DOMAIN\n$/ })
  })
})

t.test('F-D5 the examples say how to get a token', { skip: process.platform === 'win32' && 'there is no sh' }, async t => {
  for (const script of ['curl.sh', 'httpie.sh']) {
    for (const [env, message] of [
      [{}, 'TOKEN: is not set. Get a token first:'],
      [{ TOKEN: '' }, 'TOKEN: is not set. Get a token first:'],
      [{ TOKEN: '\n> tsx cli/token.ts\n\na.b.c' }, 'TOKEN holds more than a token. Get it with -s:']
    ] as const) {
      const child = spawn('sh', [join(ROOT, 'examples', script)], { env: { PATH: process.env['PATH'], ...env } })
      let stderr = ''
      child.stderr.setEncoding('utf8').on('data', chunk => { stderr += chunk })
      const [code] = await once(child, 'close')
      t.not(code, 0)
      t.match(stderr, `${message} TOKEN=$(npm run -s token) ${join(ROOT, 'examples', script)}\n`)
    }
  }
})
