import t from 'tap'
import whoami from '../../tools/whoami.ts'
import { movableClock } from '../support/clock.ts'
import { greet } from '../support/tools/greet.ts'
import { sdk1Application, sdk2Application, type Start } from './login-client.ts'
import { serve } from './login-server.ts'
import { createUser } from './login-user.ts'

const applications: Readonly<Record<string, Start>> = {
  'SDK 2 at 2026-07-28': sdk2Application({ mode: { pin: '2026-07-28' } }),
  'SDK 2 at 2025-11-25': sdk2Application({ mode: 'legacy' }),
  'SDK 1': sdk1Application
}

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
    const clock = movableClock(t)
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
