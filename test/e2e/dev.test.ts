import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { call } from '../support/build.ts'
import { run, startDev } from './dev-process.ts'
import { sdk2Application } from './login-client.ts'
import { createUser } from './login-user.ts'
import { freePort } from '../support/ports.ts'

const sdk2 = sdk2Application({ mode: { pin: '2026-07-28' } })

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

    const second = await startDev(t, port, folder, 'npm_lifecycle_event=dev', 'npm_config_example=true')
    t.match(await orders(second.url, port), 'A cup of tea', 'npm run dev --example, without --')
    t.match(await application.call('whoami'), { structuredContent: { kind: 'user' } }, 'the access token')
    t.match(await refresh(port, tokens?.refresh_token, client?.client_id), { access_token: String }, 'the refresh token')
    t.equal(user.seen.length, pages, 'the user sees no page again')
    t.equal(await second.stop(), 0)

    const fresh = await startDev(t, port, folder, '--fresh', '--example')
    t.match(await refresh(port, tokens?.refresh_token, client?.client_id), { error: 'invalid_client' })
    t.match(await orders(fresh.url, port), 'A cup of tea', 'with --example, a tool calls an API as the user')
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

/** What the tool of `--example` finds. */
async function orders (url: string, port: number): Promise<unknown> {
  const token = await (await fetch(`http://localhost:${port + 1}/dev/token`, { method: 'POST', body: '{}' })).text()
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(call('my_orders')) })
  const { result: { structuredContent: { orders: [first] } } } = await response.json() as { result: { structuredContent: { orders: Array<{ item: string }> } } }
  return first?.item
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
