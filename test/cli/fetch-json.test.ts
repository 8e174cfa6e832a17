import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { askForToken, bodyOf, fetchJson } from '../../cli/fetch-json.ts'
import type { Test } from '../support/build.ts'

async function serve (t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
}

t.test('F-D3 returns a JSON object with any status', async t => {
  const url = await serve(t, (_request, response) => response.writeHead(403).end('{"error":"access_denied"}'))
  t.match(await fetchJson(url), { status: 403, document: { error: 'access_denied' } })
})

for (const [what, answer, expected] of [
  ['HTML', (_, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>Bad Gateway</h1>'), /^status 502, expected a JSON object, found "<html><h1>Bad Gateway<\/h1>" \(text\/html\)$/],
  ['a long page', (_, response) => response.end('x'.repeat(5000)), /^status 200, expected a JSON object, found "x{60}" \(no content type\)$/],
  ['nothing', (_, response) => response.end(), /^status 200, expected a JSON object, found an empty body$/],
  ['null', (_, response) => response.end('null'), /found "null"/],
  ['a list', (_, response) => response.end('[]'), /found "\[\]"/],
  ['a redirect', (_, response) => response.writeHead(301, { location: 'https://id.example.com/' }).end(), /^status 301, a redirect to https:\/\/id\.example\.com\/$/],
  ['half an answer', (_, response) => { response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy()) }, /^status 200, then the answer broke off \(.+\)$/],
  ['no answer', ({ socket }) => socket.destroy(), /^no answer from http:\S+ \((UND_ERR_SOCKET|ECONNRESET)\)$/]
] as ReadonlyArray<readonly [string, RequestListener, RegExp]>) {
  t.test(`F-D3 says what came in place of JSON: ${what}`, async t => {
    await t.rejects(fetchJson(await serve(t, answer)), { message: expected })
  })
}

t.test('F-D3 says why there is no answer', async t => {
  await t.rejects(fetchJson('http://127.0.0.1:1/'), { message: /^no answer from http:\/\/127\.0\.0\.1:1\/ \((ECONNREFUSED|bad port)\)$/ })
  const url = await serve(t, () => {})
  await t.rejects(fetchJson(url, { signal: AbortSignal.timeout(50) }), { message: `no answer from ${url} (timed out)` })
})

t.test('names a port that fetch refuses to ask', async t => {
  await t.rejects(fetchJson('http://127.0.0.1:1/x'), { message: 'no answer from http://127.0.0.1:1/x (bad port)' })
})

t.test('names the issuer whose token endpoint gives the page of a firewall', async t => {
  const issuer = (await serve(t, (_request, response) => response.writeHead(403, { 'content-type': 'text/html' }).end('<html>'))).replace(/x$/, '')
  await t.rejects(askForToken(issuer, {}), { message: `${issuer} gave no token: status 403, expected a JSON object, found "<html>" (text/html)` })
})

t.test('stops to read an answer that has no end', { timeout: 30_000 }, async t => {
  // More than is read, and the rest never comes.
  const url = await serve(t, (_request, response) => response.write('x'.repeat(8 * 1024 * 1024)))
  await t.rejects(fetchJson(url), { message: 'status 200, then more than the 4194304 bytes that an answer may have' })
})

t.test('reads an answer without a body as an empty one', async t => {
  t.equal(await bodyOf(new Response(null, { status: 204 })), '')
})
