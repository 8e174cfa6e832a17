import { createHash } from 'node:crypto'
import t from 'tap'
import { Type } from '@sinclair/typebox'
import { defineTool } from '../../mcp/tool.ts'
import { prefersHtml } from '../../http/prefers-html.ts'
import { build } from '../support/build.ts'
import { exchange, listen } from '../support/wire.ts'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

t.test('the page answers GET and HEAD of / and, for a browser, of the endpoint', async t => {
  const port = await listen((await build(t)).app)
  for (const target of ['/', '/mcp', '/mcp/']) {
    const [got] = await exchange(port, `GET ${target} HTTP/1.1\r\nhost: localhost:3000\r\naccept: ${BROWSER}\r\n\r\n`)
    t.match(got, { statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' } })
    t.equal(got?.headers['vary'], target === '/' ? 'Origin' : 'Origin, Accept')
    t.match(got?.body, '<h1>MCP server behind Auth0</h1>')
    const head = await exchange(port, `HEAD ${target} HTTP/1.1\r\nhost: localhost:3000\r\naccept: ${BROWSER}\r\nconnection: close\r\n\r\n`, Infinity)
    t.strictSame(head, [], 'HEAD has no body')
  }
})

t.test('answers 405 at the endpoint to a client that does not want the page', async t => {
  const { app } = await build(t)
  for (const accept of [undefined, '*/*', 'text/event-stream', 'application/json, text/event-stream', 'text/html;q=0', 'text/html, text/event-stream']) {
    for (const method of ['GET', 'HEAD'] as const) {
      const { statusCode, headers } = await app.inject({ method, url: '/mcp', headers: { host: 'localhost:3000', ...(accept !== undefined && { accept }) } })
      t.match([statusCode, headers['allow'], headers['vary']], [405, 'POST, OPTIONS', 'Origin, Accept'], String(accept))
    }
  }
})

t.test('serves the page if Accept prefers text/html', async t => {
  for (const accept of ['text/html', BROWSER, 'TEXT/HTML', 'application/json;q=0.5, text/html;q=0.5', 'text/html, */*']) t.ok(prefersHtml(accept), accept)
  for (const accept of [undefined, '', '*/*', 'text/*', 'text/html;q=0.000', 'text/html;q=x', 'text/html;q=0.4, */*', 'application/json, text/html;q=0.9']) t.notOk(prefersHtml(accept), String(accept))
})

t.test('allows the page its own styles and scripts only', async t => {
  const { app } = await build(t)
  const { body, headers } = await app.inject({ url: '/', headers: { host: 'localhost:3000' } })
  const policy = String(headers['content-security-policy'])
  for (const [, tag, text = ''] of body.matchAll(/<(style|script)>([^]*?)<\/\1>/g)) {
    t.match(policy, `${tag}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  }
  t.match(policy, /^default-src 'none'; .*connect-src 'self'; .*frame-ancestors 'none'/)
  t.notMatch(policy, /unsafe/)
  t.notMatch(body, / (?:src|style|on\w+)="/, 'nothing is loaded, and nothing inline goes around the policy')
})

t.test('the snippets for clients name the scopes of a login', async t => {
  const about = { title: 'T', description: 'd', input: Type.Object({}), handler: () => [] }
  const tools = [defineTool({ ...about, name: 'one', scopes: ['first:read'], baseline: true }), defineTool({ ...about, name: 'two', scopes: ['second:write'] })]
  for (const [CHALLENGE_SCOPES, scopes] of [['all', 'first:read second:write'], ['baseline', 'first:read']] as const) {
    const { app } = await build(t, { tools, env: { CHALLENGE_SCOPES } })
    const { body } = await app.inject({ url: '/', headers: { host: 'localhost:3000' } })
    t.match(body, `&#34;${scopes}&#34;`, CHALLENGE_SCOPES)
  }
})

t.test('escapes the texts of tools, and shows each kind of tool', async t => {
  const evil = '</script><img src=x onerror=alert(1)> "&\''
  const one = defineTool({ name: 'one', title: evil, description: evil, scopes: ['a<b'], input: Type.Object({ n: Type.Number({ description: evil, default: -1.5e3 }) }), handler: () => [] })
  const two = defineTool({ name: 'two', title: 'Two', description: 'd', scopes: ['a'], annotations: { destructiveHint: true, openWorldHint: true, readOnlyHint: false, idempotentHint: true }, confirm: false, input: Type.Object({ a: Type.Boolean({ default: true }), b: Type.String() }), output: Type.Object({}), handler: () => ({}) })
  const three = defineTool({ name: 'three', title: 'Three', description: 'd', scopes: ['a'], annotations: { readOnlyHint: true }, input: Type.Unsafe({ type: 'object' }), handler: () => [] })
  const { app } = await build(t, { tools: [one, two, three], server: { name: 'x', title: evil, version: '1' } })
  const { body } = await app.inject({ url: '/', headers: { host: 'localhost:3000' } })
  t.notMatch(body, /<img/)
  t.match(body, '&#60;/script&#62;&#60;img src=x onerror=alert(1)&#62; &#34;&#38;&#39;')
  t.match(body, 'one argument')
  t.match(body, '2 arguments')
  t.match(body, 'no arguments')
  for (const hint of ['only reads', 'may destroy', 'may be repeated', 'reaches other systems']) t.match(body, hint)
})

t.test('refuses the page to foreign hosts and origins', async t => {
  const { app } = await build(t)
  t.equal((await app.inject({ url: '/', headers: { host: 'evil.example' } })).statusCode, 403)
  t.equal((await app.inject({ url: '/', headers: { host: 'localhost:3000', origin: 'https://evil.example' } })).statusCode, 403)
  t.equal((await app.inject({ method: 'POST', url: '/', headers: { host: 'localhost:3000' } })).statusCode, 404)
})

t.test('LANDING_PAGE=false switches the page off', async t => {
  const { app } = await build(t, { env: { LANDING_PAGE: 'false' } })
  const headers = { host: 'localhost:3000', accept: BROWSER }
  t.equal((await app.inject({ url: '/', headers })).statusCode, 404)
  const { statusCode, headers: { vary } } = await app.inject({ url: '/mcp', headers })
  t.strictSame([statusCode, vary], [405, 'Origin'])
})

t.test('an endpoint at / shows the page to browsers only, with each issuer', async t => {
  const { app } = await build(t, { env: { MCP_RESOURCE_URL: 'http://localhost:3000', AUTH0_DOMAIN: 'a.eu.auth0.com,b.eu.auth0.com' } })
  const { statusCode, body } = await app.inject({ url: '/', headers: { host: 'localhost:3000', accept: BROWSER } })
  t.equal(statusCode, 200)
  t.match(body, '<code>https://a.eu.auth0.com/</code>, <code>https://b.eu.auth0.com/</code>')
  t.equal((await app.inject({ url: '/', headers: { host: 'localhost:3000', accept: '*/*' } })).statusCode, 405)
})
