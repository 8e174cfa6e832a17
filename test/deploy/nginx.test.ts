import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { AUDIENCE, build, call, type Setup } from '../support/build.ts'
import { createStory, slowTools, type Story } from '../support/tools/slow.ts'
import { listen, until } from '../support/wire.ts'
import whoami from '../../tools/whoami.ts'
import { CLIENT_ADDRESS, env, HOST, type Proxy, startNginx } from '../support/nginx.ts'

const RESOURCE_URL = `https://${HOST}/tools/mcp`
const METADATA_URL = `https://${HOST}/.well-known/oauth-protected-resource/tools/mcp`
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
