import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import t from 'tap'
import { Stream } from '../../http/event-stream.ts'
import { slowTools } from '../support/tools/slow.ts'
import { build, call, modern } from '../support/build.ts'
import { listenForStreams, messages, ORIGIN, progressing, text } from '../support/streams.ts'

const { open, post, story, token } = await listenForStreams(t)

t.test('answers with JSON, or with a stream that ends with the answer once the tool sends an event', async t => {
  for (const era of ['modern', 'legacy'] as const) {
    const { message, headers } = progressing(era, 'chatter', { times: 2, size: 1 })
    const response = await post(message, token, headers)
    t.equal(response.statusCode, 200)
    t.equal(response.headers['content-type'], 'text/event-stream')
    t.equal(response.headers['x-accel-buffering'], 'no')
    const [first, second, answer, ...rest] = messages(response.body)
    t.strictSame(first, { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'p', progress: 1, total: 2, message: 'x' } })
    t.match(second, { params: { progress: 2 } })
    t.match(answer, { jsonrpc: '2.0', id: 1, result: { content: [{ text: 'done' }] } })
    t.equal(rest.length, 0)

    const silent = progressing(era, 'chatter', { times: 0, size: 0 })
    t.match((await post(silent.message, token, silent.headers)).headers['content-type'], /^application\/json/)
  }
})

t.test('sends no events to a client that did not ask or does not accept them', async t => {
  const { message, headers } = modern('tools/call', { name: 'chatter', arguments: { times: 2, size: 1 } })
  t.match((await post(message, token, headers)).json(), { result: {} }, 'no progress token')
  const asked = progressing('modern', 'chatter', { times: 2, size: 1 })
  for (const accept of ['application/json', 'application/json, text/event-stream;q=0']) {
    t.match((await post(asked.message, token, { ...asked.headers, accept })).json(), { result: {} }, accept)
  }
})

t.test('sends only growing progress, and none after the call', async t => {
  for (const as of ['fine', 'failing']) {
    const { message, headers } = progressing('modern', 'outspoken', { as }, 7)
    const received = messages((await post(message, token, headers)).body)
    await story.happened(`${as} spoke late`)
    t.strictSame(received.slice(0, -1).map(({ params }) => params), [
      { progressToken: 7, progress: 1, total: 10 },
      { progressToken: 7, progress: 2.5, total: 10, message: 'two and a half' }
    ])
    t.match(received.at(-1), { id: 1, result: { isError: as === 'failing' ? true : undefined } })
  }
  const json = progressing('modern', 'outspoken', { as: 'quiet' })
  t.match((await post(json.message, token, { ...json.headers, accept: 'application/json' })).json(), { result: {} })
  await story.happened('quiet spoke late')
})

t.test('answers a batch without a stream, all answers together', async t => {
  const { message } = progressing('legacy', 'chatter', { times: 3, size: 1 })
  const response = await post([message, { ...message, id: 2 }], token)
  t.match(response.json(), [{ id: 1, result: {} }, { id: 2, result: {} }])
})

t.test('sends the usual headers with a stream', async t => {
  const { message, headers } = progressing('modern', 'chatter', { times: 1, size: 1 })
  const response = await post(message, token, { ...headers, origin: ORIGIN })
  const plain = await post(call('chatter', { times: 0, size: 0 }), token, { origin: ORIGIN })
  for (const name of ['cache-control', 'x-content-type-options', 'access-control-allow-origin', 'access-control-expose-headers', 'vary']) {
    t.ok(response.headers[name], name)
    t.equal(response.headers[name], plain.headers[name], name)
  }
})

t.test('opens a stream once, although the tool tells its progress at once and then takes long', async t => {
  const { app, issuer } = await build(t, { tools: slowTools(story), keepAliveMs: 10 })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { response } = await open(progressing('modern', 'stubborn', { as: 'prompt' }), { authorization: `Bearer ${issuer.token({ scope: 'test:slow' })}` }, (app.server.address() as AddressInfo).port)
  let stream = ''
  for await (const chunk of (await response).setEncoding('utf8')) {
    stream += chunk
    // The comments of the stream come at the times at which it would be opened again.
    if (stream.split(':\n\n').length > 3) story.tell('prompt let go')
  }
  t.match(messages(stream), [{ params: { progress: 1 } }, { params: { progress: 2 } }, { id: 1, result: {} }])
})

t.test('aborts the signal of a tool at its time limit', async t => {
  const response = await post(call('limited', { as: 'limited' }), token)
  t.equal(response.statusCode, 200)
  t.match(response.json(), { result: { isError: true, content: [{ text: 'The tool did not finish within 0.05 seconds.' }] } })
  await story.happened('limited ToolError')
})

t.test('sends comments to keep a silent stream alive', async t => {
  const tiny = Fastify()
  tiny.get('/', (_request, reply) => {
    const stream = new Stream(reply, 1)
    stream.notify({ first: true })
    story.happened('comment seen').then(() => stream.end({ status: 200, body: '{"last":true}' }), () => {})
  })
  await tiny.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => tiny.close())
  const [response] = await once(http.get({ host: '127.0.0.1', port: (tiny.server.address() as AddressInfo).port, agent: false }), 'response') as [IncomingMessage]
  let seen = ''
  for await (const chunk of response.setEncoding('utf8')) {
    seen += chunk
    if (seen.includes('\n\n:\n\n')) story.tell('comment seen')
  }
  t.match(seen, /^event: message\ndata: \{"first":true\}\n\n(?::\n\n)+event: message\ndata: \{"last":true\}\n\n$/)
})

t.test('skips progress events for a client that reads slowly, and sends it the answer', async t => {
  const { response } = await open(progressing('modern', 'chatter', { times: 200, size: 100_000 }))
  const received = messages(await text(await response))
  t.ok(received.length < 200, `${received.length - 1} of 200`)
  t.match(received.at(-1), { id: 1, result: { content: [{ text: 'done' }] } })
})

t.test('reads Accept once, however many notifications a tool sends', async t => {
  for (const type of ['text/event-stream', 'application/json']) {
    const app = Fastify()
    let reads = 0
    app.get('/', (request, reply) => {
      // A long header takes more than a millisecond to read.
      Object.defineProperty(request.headers, 'accept', { get () { reads++; return type } })
      const stream = new Stream(reply)
      stream.wait()
      for (let i = 0; i < 10; i++) stream.notify({ i })
      t.equal(reads, 1, type)
      return stream.end({ status: 200, body: '"done"' })
    })
    t.match((await app.inject('/')).body, '"done"')
  }
})

t.test('lets a stream end with its answer when the server closes, and then closes at once', async t => {
  const { app, issuer: other } = await build(t, { tools: slowTools(story) })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port: at } = app.server.address() as AddressInfo
  const agent = new http.Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const { message, headers } = progressing('modern', 'stubborn', { as: 'last' })
  const request = http.request({ host: '127.0.0.1', port: at, path: '/mcp', method: 'POST', agent, headers: { authorization: `Bearer ${other.token({ scope: 'test:slow' })}`, 'content-type': 'application/json', ...headers } })
  request.end(JSON.stringify(message))
  const [response] = await once(request, 'response') as [IncomingMessage]
  await story.happened('last started')

  const closed = app.close()
  story.tell('last let go')
  t.match(messages(await text(response)).at(-1), { result: { content: [{ text: 'done' }] } })
  await closed
})
