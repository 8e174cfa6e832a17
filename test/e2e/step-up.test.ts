import { Type } from '@sinclair/typebox'
import t from 'tap'
import { buildApp } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { defineTool } from '../../mcp/tool.ts'
import whoami from '../../tools/whoami.ts'
import { greet } from '../support/tools/greet.ts'
import { sdk1Application, sdk2Application } from './login-client.ts'
import { serve } from './login-server.ts'
import { createUser } from './login-user.ts'

const edit = defineTool({
  ...greet,
  name: 'edit',
  scopes: { possible: ['files:read', 'files:write'], of: ({ mode }) => [mode === 'w' ? 'files:write' : 'files:read'] },
  input: Type.Object({ mode: Type.String() }),
  handler: ({ mode }) => ({ greeting: mode })
})
const find = defineTool({ ...greet, name: 'find', scopes: { anyOf: ['files:list', 'files:read'] } })
const env = { SCOPE_CLAIMS: 'scope', CHALLENGE_SCOPES: 'baseline' }

for (const [name, start] of Object.entries({ 'SDK 2': sdk2Application({ mode: { pin: '2026-07-28' } }), 'SDK 1': sdk1Application })) {
  t.test(`${name} logs in with the baseline and asks for more when a tool needs it`, async t => {
    const { url, app } = await serve(t, { tools: [whoami, greet], env })
    const { scopes_supported: supported } = (await app.inject({ url: '/.well-known/oauth-protected-resource/mcp', headers: { host: new URL(url).host } })).json()
    t.strictSame(supported, ['tool:whoami'])

    const application = start(url, createUser())
    t.teardown(() => application.close())
    await application.connect()
    t.notMatch(application.kept.url?.searchParams.get('scope'), /tool:greet/)
    t.match(await application.call('whoami'), { structuredContent: { scopes: ['tool:whoami'] } })

    t.match(await application.call('greet'), { structuredContent: { greeting: 'hello' } })
    t.match(application.kept.url?.searchParams.get('scope'), /tool:greet/)
    t.match(application.asked.filter(line => line.startsWith(`POST ${url}`)).map(line => line.slice(-3)).slice(-2), ['403', '200'])
  })
}

for (const [name, start] of Object.entries({ 'SDK 2': sdk2Application({ mode: { pin: '2026-07-28' } }), 'SDK 1': sdk1Application })) {
  t.test(`${name} asks for the scope that the arguments need, and for none that it has in another way`, async t => {
    const { url } = await serve(t, { tools: [whoami, edit, find], env, access: { implies: { 'files:write': ['files:read'] } } })
    const application = start(url, createUser())
    t.teardown(() => application.close())
    await application.connect()
    t.match(await application.call('edit', { mode: 'w' }), { structuredContent: { greeting: 'w' } })
    const asked = application.kept.url?.searchParams.get('scope')
    t.match(asked, /files:write/)
    t.notMatch(asked, /files:read/)

    // files:write includes files:read, which is one of the two that are enough.
    const count = application.asked.length
    t.match(await application.call('edit', { mode: 'r' }), { structuredContent: { greeting: 'r' } })
    t.match(await application.call('find'), { structuredContent: { greeting: 'hello' } })
    t.notOk(application.asked.slice(count).some(line => line.endsWith('403')))
  })
}

t.test('the start fails if no tool is marked as baseline', async t => {
  await t.rejects(buildApp({ config: loadConfig({ AUTH0_DOMAIN: 'tenant.eu.auth0.com', ...env }), tools: [greet] }), /CHALLENGE_SCOPES: found "baseline", expected a tool with baseline: true/)
})
