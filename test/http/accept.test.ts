import t from 'tap'
import { accepts } from '../../http/accept.ts'
import { build, call, request } from '../support/build.ts'

const { issuer, app, post } = await build(t)
const token = issuer.token()

t.test('answers 406 to a client that does not accept JSON', async t => {
  for (const accept of ['text/html', 'application/json;q=0, text/event-stream;q=0', 'application/json;q=0, application/*', 'application/jsonp']) {
    const response = await post(request('ping'), token, { accept })
    t.equal(response.statusCode, 406, accept)
    t.match(response.json(), { jsonrpc: '2.0', id: 1, error: { code: -32600, message: /^Not acceptable/ } })
  }
  for (const accept of ['*/*', 'application/json', 'Application/*;q=0.5', 'text/html, application/json;q=0.001', 'text/event-stream, */*;q=0.1']) {
    t.equal((await post(request('ping'), token, { accept })).statusCode, 200, accept)
  }
  const silent = await app.inject({ method: 'POST', url: '/mcp', headers: { host: 'localhost:3000', authorization: `Bearer ${token}` }, payload: request('ping') })
  t.equal(silent.statusCode, 200, 'saying nothing is taking anything')
})

t.test('applies the most specific range of Accept', async t => {
  t.notOk(accepts('application/json', 'text/event-stream'))
  t.notOk(accepts('*/*, text/event-stream;q=0.0', 'text/event-stream'))
  t.ok(accepts('text/*;q=0, text/event-stream', 'text/event-stream'))
  t.notOk(accepts('*/*;q=0', 'application/json'))
})

t.test('F-R3 answers with a stream if a client accepts nothing else, and treats an empty Accept as absent', async t => {
  for (const accept of ['text/event-stream', 'Text/Event-Stream;q=0.5', 'application/json;q=0, */*', 'text/*']) {
    const response = await post(call('whoami'), token, { accept })
    t.match(response, { statusCode: 200, headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } }, accept)
    t.match(response.body, /^event: message\ndata: \{"jsonrpc":"2\.0","id":1,"result":\{.*\}\n\n$/)
    const fault = await post(request('nothing'), token, { accept })
    t.match(JSON.parse(fault.headers['content-type'] === 'text/event-stream' ? fault.body.slice('event: message\ndata: '.length) : fault.body), { error: { code: -32601 } })
    t.equal((await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, token, { accept })).statusCode, 202)
  }
  for (const accept of ['', ' ', ',', ' , ']) {
    const response = await post(request('ping'), token, { accept })
    t.match(response, { statusCode: 200, headers: { 'content-type': /^application\/json/ } }, JSON.stringify(accept))
  }
})
