import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import t from 'tap'
import { Stream } from '../../http/event-stream.ts'
import { call } from '../support/build.ts'
import { listenForStreams, progressing } from '../support/streams.ts'

const { app, logs, open, story } = await listenForStreams(t)

t.test('closing the connection stops the tool within 100 ms, in both eras, with and without a stream', async t => {
  for (const era of ['modern', 'legacy'] as const) {
    for (const accept of ['application/json, text/event-stream', 'application/json']) {
      const as = `${era} ${accept}`
      const before = logs.length
      const { request, response } = await open(progressing(era, 'work', { as }), { accept })
      response.catch(() => {})
      await story.happened(`${as} started`)
      if (accept.includes('event')) await once(await response, 'data')
      const closed = performance.now()
      request.destroy()
      const took = await story.happened(`${as} stopped`) - closed
      t.ok(took < 100, `${as}: ${took.toFixed(1)} ms`)
      await app.inject({ method: 'GET', url: '/health/live' })
      t.match(logs.slice(before).find(({ msg }) => msg.startsWith('cancelled')), { level: 30, tool: 'work' })
      t.notOk(logs.slice(before).some(({ level }) => level as number >= 50), 'which is nobody\'s mistake')
    }
  }
})

t.test('closing the connection stops a whole batch', async t => {
  const names = Array.from({ length: 12 }, (_, i) => `batch ${i}`)
  const { request, response } = await open({ message: names.map((as, id) => call('work', { as }, id)), headers: {} })
  response.catch(() => {})
  for (const as of names) await story.happened(`${as} started`)
  const closed = performance.now()
  request.destroy()
  for (const as of names) t.ok(await story.happened(`${as} stopped`) - closed < 100, as)
})

t.test('does not wait for a tool that ignores its signal', async t => {
  const before = logs.length
  const { request, response } = await open(progressing('modern', 'stubborn', { as: 'deaf' }))
  await once(await response, 'data')
  request.destroy()
  while (!logs.slice(before).some(({ msg }) => msg.startsWith('cancelled'))) await new Promise(resolve => setImmediate(resolve))
  story.tell('deaf let go')
  t.ok(await story.happened('deaf saw late'))
})

t.test('tells a late listener that the client has left', async t => {
  let outcome: Promise<string> | undefined
  const counted = { streams: 0 }
  const tiny = Fastify()
  tiny.get('/', (request, reply) => {
    outcome = (async () => {
      await once(reply.raw, 'close')
      const stream = new Stream(reply, undefined, counted)
      stream.notify({ to: 'nobody' })
      stream.end({ status: 200, body: '{}' })
      return await new Promise<string>(resolve => stream.onGone(() => resolve('gone')))
    })()
    request.raw.socket.destroy()
    return reply.hijack()
  })
  await tiny.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => tiny.close())
  await t.rejects(fetch(`http://127.0.0.1:${(tiny.server.address() as AddressInfo).port}/`, { headers: { accept: 'text/event-stream' } }))
  t.equal(await outcome, 'gone')
  t.equal(counted.streams, 0, 'no stream is open')
})
