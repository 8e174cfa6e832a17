import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import whoami from '../../tools/whoami.ts'
import { build, call, type Setup } from '../support/build.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { exchange, listen, raw, until } from '../support/wire.ts'

const json = 'content-type: application/json'
const MOST = 3

/** A server that takes three connections, and how to open them. */
async function bounded (t: Test) {
  const story = createStory()
  const setup = await build(t, { tools: [whoami, ...slowTools(story)], maxConnections: MOST })
  const port = await listen(setup.app)
  const auth = `authorization: Bearer ${setup.issuer.token({ scope: 'test:slow' })}`

  return {
    ...setup,
    story,
    port,
    /** A connection that has sent these bytes and stays open. */
    async open (bytes: string): Promise<Socket> {
      const arrived = once(setup.app.server, 'connection')
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes)).on('error', () => {}).resume()
      t.teardown(() => socket.destroy())
      await arrived
      return socket
    },
    working: (as: string): string => raw([json, auth], JSON.stringify(call('stubborn', { as }))),
    uploading: raw([json, auth], JSON.stringify(call('whoami'))).slice(0, -1)
  }
}

function ended ({ logs }: Pick<Setup, 'logs'>): number {
  return logs.filter(({ msg, reason }) => msg === 'connection ended' && reason === 'too_many_connections').length
}

t.test('a new connection takes the place of the oldest one that is idle or still sends its request', async t => {
  const { open, port, story, working, logs } = await bounded(t)
  const busy = await open(working('first'))
  await story.happened('first started')
  const [silent, head] = [await open(''), await open('POST /mcp HTTP/1.1\r\nhost')]
  for (const gone of [silent, head]) {
    const closed = once(gone, 'close')
    t.equal((await exchange(port, raw([], '', 'GET /health/live')))[0]?.statusCode, 200)
    await closed
    await open('')
  }
  t.notOk(busy.destroyed)
  story.tell('first let go')
  await until(() => logs.some(({ path, status }) => path === '/mcp' && status === 200))
  t.equal(ended({ logs }), 3)
})

t.test('a request that is still arriving is given up for a new connection, and one that waits for its answer is not', async t => {
  const { open, port, story, working, uploading, logs, app } = await bounded(t)
  await open(working('first'))
  await story.happened('first started')
  const late = await open(uploading)
  await until(() => app.load.requests === 2)
  await open(working('second'))
  await story.happened('second started')

  const closed = once(late, 'close')
  await open(working('third'))
  await Promise.all([closed, story.happened('third started')])
  const refused = connect(port, '127.0.0.1').on('error', () => {}).resume()
  await once(refused, 'close')
  t.equal(ended({ logs }), 2)

  for (const as of ['first', 'second', 'third']) story.tell(`${as} let go`)
  await until(() => logs.filter(({ path, status }) => path === '/mcp' && status === 200).length === 3)
})
