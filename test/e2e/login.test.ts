import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { defineTool } from '../../mcp/tool.ts'
import whoami from '../../tools/whoami.ts'
import { call } from '../support/build.ts'
import { sdk1Application, sdk2Application, type Start } from './login-client.ts'
import { serve } from './login-server.ts'
import { createUser } from './login-user.ts'
import { freePort } from '../support/ports.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'

const root = ROOT
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

/** A server with two tools, each with its own scope, that counts the claim `scope`. */
const twoTools = { tools: [whoami, greet], env: { SCOPE_CLAIMS: 'scope' } }

for (const [name, start] of Object.entries(applications)) {
  t.test(`${name}: given a URL only, discovers, registers, logs its user in and calls whoami`, async t => {
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

  t.test(`${name}: a user without the permission can log in, and only the tool is refused`, async t => {
    const { url } = await serve(t)
    const application = start(url, createUser({ email: 'bob@example.com' }))
    t.teardown(() => application.close())
    await application.connect()

    t.strictSame(await application.list(), ['whoami'])
    await t.rejects(application.call('whoami'))
    t.equal(application.asked.filter(line => line.startsWith(`POST ${url}`)).at(-1), `POST ${url} 403`)
  })

  t.test(`${name}: learns that the user declined`, async t => {
    const { url } = await serve(t)
    const user = createUser({ answer: 'deny' })
    const application = start(url, user)
    t.teardown(() => application.close())

    await t.rejects(application.connect(), /stuck at .*: 400 [^]*access_denied/, 'the page says so, and the client is not called back')
    t.strictSame(user.seen, ['Sign in', 'Allow Tests?'])
    t.equal(application.kept.tokens, undefined)
  })

  t.test(`${name}: refreshes an expired token without the user`, async t => {
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

  t.test(`${name}: asks for a missing scope when a tool needs it, and tries again`, async t => {
    const { url } = await serve(t, twoTools)
    const user = createUser()
    const application = start(url, user)
    t.teardown(() => application.close())
    await application.authorize('tool:whoami')
    await application.connect()
    t.match(await application.call('whoami'), { structuredContent: { scopes: ['tool:whoami'] } })

    t.match(await application.call('greet'), { structuredContent: { greeting: 'hello' } })
    t.strictSame(user.seen, ['Sign in', 'Allow Tests?', 'Allow Tests?'])
    // SDK 2 asks for the scopes that it had and the missing one; SDK 1 only for the missing one, and later for the other.
    t.equal(application.kept.tokens?.scope, start === sdk1Application ? 'tool:greet' : 'tool:whoami tool:greet')
    t.match(await application.call('whoami'), { structuredContent: { kind: 'user' } })
    t.equal(user.seen.length, 3, 'what was allowed once is not asked again')
  })
}

t.test('SDK 1 with a refresh token refreshes instead of asking for the scope, and gives up', async t => {
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

// Each test has processes and ports of its own, and waits for them most of the time.
t.test('npm run dev', { jobs: 3 }, async t => {
  t.test('F-D2 npm run dev: a client logs in by URL alone; npm run token and the doctor work with it', async t => {
    const port = await freePort()
    const folder = t.testdir()
    const first = await startDev(t, port, folder)
    const file = join(folder, `.dev-issuer-${port + 1}.json`)
    const kept = readFileSync(file, 'utf8')
    await t.rejects(startDev(t, port, folder, '--fresh'), { message: `port ${port + 1} is in use. Set PORT to another one, or stop what listens there.\nThe development issuer takes the port after PORT.` })
    t.equal(readFileSync(file, 'utf8'), kept, 'a second server leaves the file of the first one alone')
    const application = sdk2(first.url, createUser())
    t.teardown(() => application.close())
    await application.connect()
    t.match(await application.call('whoami'), { structuredContent: { clientId: application.kept.client?.client_id } })

    t.match(await callWith(t, first.url, await run('cli/token.ts', port)), { structuredContent: { kind: 'user' } })
    // As with a tenant: its domain and the credentials of a machine.
    const tenant = { AUTH0_DOMAIN: `http://localhost:${port + 1}`, AUTH0_CLIENT_ID: 'dev-m2m', AUTH0_CLIENT_SECRET: 'dev-m2m-secret' }
    t.match(await callWith(t, first.url, await run('cli/token.ts', port, tenant)), { structuredContent: { kind: 'machine' } })
    await Promise.all([tenant, {}, { AUTH0_DOMAIN: '  ' }].map(async env => {
      const findings = (await run('cli/doctor.ts', port, env)).trim().split('\n')
      t.ok(findings.length > 15 && findings.every(line => line.startsWith('✓')), `${JSON.stringify(env)}: ${findings.join('\n')}`)
    }))
    t.equal(await first.stop(), 0)
  })

  t.test('F-D1 npm run dev: tokens, clients and refresh tokens survive a restart, and --fresh forgets them', async t => {
    const [port, folder, user] = [await freePort(), t.testdir(), createUser()]
    const first = await startDev(t, port, folder)
    const application = sdk2(first.url, user)
    t.teardown(() => application.close())
    await application.authorize('tool:whoami offline_access')
    await application.connect()
    const { client, tokens } = application.kept
    const pages = user.seen.length
    t.equal(await first.stop(), 0)

    const second = await startDev(t, port, folder)
    t.match(await application.call('whoami'), { structuredContent: { kind: 'user' } }, 'the access token')
    t.match(await refresh(port, tokens?.refresh_token, client?.client_id), { access_token: String }, 'the refresh token')
    t.equal(user.seen.length, pages, 'the user sees no page again')
    t.equal(await second.stop(), 0)

    const fresh = await startDev(t, port, folder, '--fresh', '--example')
    t.match(await refresh(port, tokens?.refresh_token, client?.client_id), { error: 'invalid_client' })
    const token = await (await fetch(`http://localhost:${port + 1}/dev/token`, { method: 'POST', body: '{}' })).text()
    const orders = await fetch(fresh.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(call('my_orders')) })
    t.match(await orders.json(), { result: { structuredContent: { orders: [{ item: 'A cup of tea' }] } } }, 'with --example, a tool calls an API as the user')
    t.equal(await fresh.stop(), 0)
  })

  t.test('F-C7 npm run dev names PORT when no port is left for the issuer', async t => {
    await Promise.all([['dev/main.ts', '65535'], ['cli/token.ts', '65535'], ['dev/main.ts', '"3000"']].map(async ([script = '', text = '']) => {
      const expected = text.startsWith('"') ? 'it without quotes' : 'a whole number from 1 to 65534'
      await t.rejects(run(script, 0, { PORT: text }), { code: 1, stderr: `PORT: found ${JSON.stringify(text)}, expected ${expected}` }, `${script} ${text}`)
    }))
  })

  t.test('F-C5 npm run dev, token and doctor refuse a .env that they cannot read', async t => {
    const cwd = t.testdir({ '.env': Buffer.from('\uFEFFALLOW_M2M=false\n', 'utf16le') })
    await Promise.all(['dev/main.ts', 'cli/token.ts', 'cli/doctor.ts'].map(async script => {
      await t.rejects(run(script, await freePort(), {}, cwd), { code: 1, stderr: '.env: found another encoding, expected UTF-8' }, script)
    }))
  })
})

/** Sends a refresh token to the development issuer. */
async function refresh (port: number, token = '', clientId = ''): Promise<unknown> {
  const response = await fetch(`http://localhost:${port + 1}/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: clientId }) })
  return response.json()
}

/** The output of a command. */
async function run (script: string, port: number, env: NodeJS.ProcessEnv = {}, cwd = tmpdir()): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...TYPESCRIPT, join(root, script)], { cwd, env: { ...alone(port), ...env }, timeout: 30_000 })
  return stdout
}

/** Calls whoami with a printed token: one line, and nothing else. */
async function callWith (t: Test, url: string, line: string): Promise<unknown> {
  t.match(line, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${line.trim()}` },
    body: JSON.stringify(call('whoami'))
  })
  return (await response.json() as { result: unknown }).result
}

/** The process behind `npm run dev`, with nothing set but PORT. */
async function startDev (t: Test, port: number, cwd: string, ...args: string[]): Promise<{ url: string, stop: () => Promise<number | null> }> {
  const child = spawn(process.execPath, [...TYPESCRIPT, join(root, 'dev/main.ts'), ...args], { cwd, env: alone(port) })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  t.teardown(() => child.kill('SIGKILL'))

  let output = ''
  await new Promise<void>((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error(`did not start: ${output}`)), 60_000)
    const listen = (chunk: Buffer): void => {
      output += chunk
      if (!output.includes('the password is')) return
      clearTimeout(tooLong)
      resolve()
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    exit.then(() => reject(new Error(`ended: ${output}`)), reject).finally(() => clearTimeout(tooLong))
  })
  return {
    url: /^MCP endpoint +(\S+)$/m.exec(output)?.[1] ?? '',
    stop () {
      child.kill('SIGTERM')
      return exit
    }
  }
}

/** The environment of a child. */
function alone (port: number): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], PORT: String(port) }
}

/** Moves the clock of the server, of the issuer and of the client. */
function movable (t: Test): { advance: (seconds: number) => void } {
  const { now } = Date
  let offset = 0
  Date.now = () => now() + offset
  t.teardown(() => { Date.now = now })
  return { advance (seconds) { offset += seconds * 1000 } }
}
