import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { defineTool } from '../mcp/tool.ts'
import whoami from '../tools/whoami.ts'
import { call } from './helper.ts'
import { sdk1Application, sdk2Application, type Start } from './login-client.ts'
import { freePort, serve } from './login-server.ts'
import { createUser } from './login-user.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsx = createRequire(import.meta.url).resolve('tsx/cli')
const sdk2 = sdk2Application({ mode: { pin: '2026-07-28' } })

const applications: Readonly<Record<string, Start>> = {
  'SDK 2 at 2026-07-28': sdk2,
  'SDK 2 at 2025-11-25': sdk2Application({ mode: 'legacy' }),
  'SDK 1': sdk1Application
}

const greet = defineTool({
  name: 'greet',
  title: 'Greet',
  description: 'Needs a scope of its own.',
  scopes: ['tool:greet'],
  input: Type.Object({}),
  output: Type.Object({ greeting: Type.String() }),
  handler: () => ({ greeting: 'hello' })
})

/** A server with two tools, each with a scope of its own, where a token may do what its `scope` says. */
const twoTools = { tools: [whoami, greet], env: { SCOPE_CLAIMS: 'scope' } }

for (const [name, start] of Object.entries(applications)) {
  t.test(`${name}, given a URL: finds out, registers, logs its user in, calls whoami`, async t => {
    const { url, authority } = await serve(t)
    const user = createUser()
    const application = start(url, user)
    t.teardown(() => application.close())
    await application.connect()

    t.strictSame(application.asked.slice(0, 4), [
      `POST ${url} 401`,
      `GET ${new URL('/.well-known/oauth-protected-resource/mcp', url)} 200`,
      `GET ${authority.url}.well-known/oauth-authorization-server 200`,
      `POST ${authority.url}oidc/register 201`
    ])
    t.strictSame(user.seen, ['Sign in', 'Allow Tests?'])
    t.match(Object.fromEntries(application.kept.url?.searchParams ?? []), { resource: url, code_challenge_method: 'S256', scope: /^tool:whoami/ })
    t.strictSame(await application.list(), ['whoami'])
    t.match(await application.call('whoami'), {
      structuredContent: { subject: /^auth0\|/, kind: 'user', issuer: authority.url, audience: [url], scopes: ['tool:whoami'], clientId: application.kept.client?.client_id }
    })
  })

  t.test(`${name}: a user without the permission logs in, and is refused the tool only`, async t => {
    const { url } = await serve(t)
    const application = start(url, createUser({ email: 'bob@example.com' }))
    t.teardown(() => application.close())
    await application.connect()

    t.strictSame(await application.list(), ['whoami'])
    await t.rejects(application.call('whoami'))
    t.equal(application.asked.filter(line => line.startsWith(`POST ${url}`)).at(-1), `POST ${url} 403`)
  })

  t.test(`${name}: a user who says no`, async t => {
    const { url } = await serve(t)
    const user = createUser({ answer: 'deny' })
    const application = start(url, user)
    t.teardown(() => application.close())

    await t.rejects(application.connect(), /access_denied|User did not authorize/)
    t.strictSame(user.seen, ['Sign in', 'Allow Tests?'])
    t.equal(application.kept.tokens, undefined)
  })

  t.test(`${name}: an expired token is refreshed without the user`, async t => {
    const clock = movable(t)
    const { url } = await serve(t, { now: () => Date.now() })
    const user = createUser()
    const application = start(url, user)
    t.teardown(() => application.close())
    await application.authorize('tool:whoami offline_access')
    await application.connect()
    const { access_token: first } = application.kept.tokens ?? {}

    clock.advance(2 * 3600)
    t.match(await application.call('whoami'), { structuredContent: { scopes: ['tool:whoami'] } })
    t.strictSame(application.asked.slice(-3).map(line => line.slice(-3)), ['401', '200', '200'])
    t.not(application.kept.tokens?.access_token, first)
    t.equal(user.seen.length, 2)
  })

  t.test(`${name}: a tool that needs more than was asked for makes the client ask for it, and try again`, async t => {
    const { url } = await serve(t, twoTools)
    const user = createUser()
    const application = start(url, user)
    t.teardown(() => application.close())
    await application.authorize('tool:whoami')
    await application.connect()
    t.match(await application.call('whoami'), { structuredContent: { scopes: ['tool:whoami'] } })

    t.match(await application.call('greet'), { structuredContent: { greeting: 'hello' } })
    t.strictSame(user.seen, ['Sign in', 'Allow Tests?', 'Allow Tests?'])
    // SDK 2 asks for what it had and what it lacks; SDK 1 for what it lacks only, and then comes back for the other.
    t.equal(application.kept.tokens?.scope, start === sdk1Application ? 'tool:greet' : 'tool:whoami tool:greet')
    t.match(await application.call('whoami'), { structuredContent: { kind: 'user' } })
    t.equal(user.seen.length, 3, 'what was allowed once is not asked again')
  })
}

t.test('SDK 1 with a refresh token refreshes where it should ask for more, and gives up', async t => {
  const { url } = await serve(t, twoTools)
  const user = createUser()
  const application = sdk1Application(url, user)
  t.teardown(() => application.close())
  await application.authorize('tool:whoami offline_access')
  await application.connect()

  await t.rejects(application.call('greet'), { code: 403, message: /after trying upscoping/ })
  t.equal(user.seen.length, 2)
  t.match(await application.call('whoami'), { structuredContent: { scopes: ['tool:whoami'] } })
})

t.test('npm run dev: a client logs in by URL alone, and again after a restart that forgot it; npm run token and the doctor work with it', async t => {
  const port = await freePort()
  const user = createUser()
  const first = await startDev(t, port)
  await t.rejects(startDev(t, port), { message: `port ${port + 1} is in use. Set PORT to another one` })
  const application = sdk2(first.url, user)
  t.teardown(() => application.close())
  await application.connect()
  const { client } = application.kept
  t.match(await application.call('whoami'), { structuredContent: { clientId: client?.client_id } })

  t.match(await callWith(first.url, await run('dev/token.ts', port)), { structuredContent: { kind: 'user' } })
  // As a tenant would be used: by its domain, with a machine's credentials.
  const tenant = { AUTH0_DOMAIN: `http://localhost:${port + 1}`, AUTH0_CLIENT_ID: 'dev-m2m', AUTH0_CLIENT_SECRET: 'dev-m2m-secret' }
  t.match(await callWith(first.url, await run('dev/token.ts', port, tenant)), { structuredContent: { kind: 'machine' } })
  const findings = (await run('dev/doctor.ts', port, tenant)).trim().split('\n')
  t.ok(findings.length > 5 && findings.every(line => line.startsWith('ok')), findings.join('\n'))
  t.equal(await first.stop(), 0)

  const second = await startDev(t, port)
  t.match(await application.call('whoami'), { structuredContent: { kind: 'user' } })
  t.not(application.kept.client?.client_id, client?.client_id)
  t.equal(await second.stop(), 0)
})

/** What one of the commands in dev/ prints. */
async function run (script: string, port: number, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [tsx, join(root, script)], { cwd: tmpdir(), env: { ...alone(port), ...env }, timeout: 30_000 })
  return stdout
}

/** Calls whoami with a token as it was printed: a line, and nothing else. */
async function callWith (url: string, line: string): Promise<unknown> {
  t.match(line, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${line.trim()}` },
    body: JSON.stringify(call('whoami'))
  })
  return (await response.json() as { result: unknown }).result
}

/** The process behind `npm run dev`, with nothing set but where it listens. */
async function startDev (t: Test, port: number): Promise<{ url: string, stop: () => Promise<number | null> }> {
  const child = spawn(process.execPath, [tsx, join(root, 'dev/main.ts')], { cwd: tmpdir(), env: alone(port) })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  t.teardown(() => child.kill('SIGKILL'))

  let output = ''
  await new Promise<void>((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error(`did not start: ${output}`)), 30_000)
    const listen = (chunk: Buffer): void => {
      output += chunk
      if (!output.includes('the password is')) return
      clearTimeout(tooLong)
      resolve()
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    exit.then(() => reject(new Error(`ended: ${output}`)), reject)
  })
  return {
    url: /^MCP endpoint +(\S+)$/m.exec(output)?.[1] ?? '',
    stop () {
      child.kill('SIGTERM')
      return exit
    }
  }
}

/** The environment of a process of its own. tap would follow it, and take every line that tsx loads for one that ran. */
function alone (port: number): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], PORT: String(port), _TAPJS_PROCESSINFO_COVERAGE_: '0' }
}

/** Everybody's clock: that of the server, of what stands in for Auth0, and of the client. */
function movable (t: Test): { advance: (seconds: number) => void } {
  const { now } = Date
  let offset = 0
  Date.now = () => now() + offset
  t.teardown(() => { Date.now = now })
  return { advance (seconds) { offset += seconds * 1000 } }
}
