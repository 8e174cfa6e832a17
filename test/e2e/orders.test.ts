import t from 'tap'
import { exampleAt } from '../../dev/example.ts'
import { myOrders } from '../../examples/orders/tool.ts'
import { call } from '../support/build.ts'
import { freePort } from '../support/ports.ts'
import { sdk1Application, sdk2Application, type Start } from './login-client.ts'
import { serve } from './login-server.ts'
import { createUser } from './login-user.ts'
import { serve as serveApi } from '../support/wire.ts'

// The example of `npm run dev -- --example`, in this process.
const example = exampleAt(await freePort())
const { url, authority } = await serve(t, { tools: [example.tool], env: example.env, tenant: example.tenant })
t.teardown(await example.start(authority.url))

const applications: Readonly<Record<string, Start>> = {
  'SDK 2 at 2026-07-28': sdk2Application({ mode: { pin: '2026-07-28' } }),
  'SDK 1': sdk1Application
}

for (const [name, start] of Object.entries(applications)) {
  t.test(`${name}: a user logs in, and a tool gets the user's data from another API`, async t => {
    const application = start(url, createUser())
    t.teardown(() => application.close())
    await application.connect()
    t.match(await application.call('my_orders'), { structuredContent: { orders: [{ id: 'auth0|a11ce0000000000000000001-1', item: 'A cup of tea' }] } })
  })
}

t.test('the API takes neither the token of the MCP server nor one without the permission', async t => {
  const { url: orders } = example.tool.api as { url: string }
  const status = async (claims: object): Promise<number> => (await fetch(`${orders}/orders`, { headers: { authorization: `Bearer ${authority.token({ ...claims })}` } })).status
  t.equal(await status({}), 401)
  t.equal(await status({ aud: example.tool.api?.audience, scope: 'read:other' }), 403)
  t.equal(await status({ aud: example.tool.api?.audience, scope: 'read:orders' }), 200)
})

t.test('refuses a user without the permission and a machine, and logs an API that fails', async t => {
  const ask = async (endpoint: string, token: string): Promise<unknown> => (await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization: `Bearer ${token}` },
    body: JSON.stringify(call('my_orders'))
  })).json()
  t.match(await ask(url, authority.token({ sub: 'auth0|b0b000000000000000000002' })), { result: { isError: true, content: [{ text: 'You do not have the permission read:orders for the API "https://orders.example". Ask its administrator.' }] } })
  t.match(await ask(url, authority.token({ gty: 'client-credentials' })), { result: { isError: true, content: [{ text: /calls an API as the user/ }] } })

  const failing = await serveApi(t, (_request, response) => { response.writeHead(500).end() })
  const other = await serve(t, { tools: [myOrders('https://orders.example', failing.slice(0, -1))], env: example.env, tenant: example.tenant })
  t.match(await ask(other.url, other.authority.token()), { error: { message: 'Internal error' } })
})
