import { connect } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { listenForCallback } from '../../cli/doctor/login/callback.ts'

t.test('waits for the browser, and ignores requests of other programs', async t => {
  const { url, answer, close } = await listenForCallback('http://127.0.0.1:0/callback', 60_000)
  t.teardown(close)

  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end('GET // HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [line] = await once(socket.setEncoding('utf8'), 'data') as [string]
  t.match(line, /^HTTP\/1\.1 404 /, 'a target that is no URL')
  t.equal((await fetch(new URL('/other', url))).status, 404)

  t.equal((await fetch(`${url}?code=1&state=2`)).status, 200)
  t.strictSame(Object.fromEntries(await answer as URLSearchParams), { code: '1', state: '2' })
})

t.test('gives up after its time limit', async t => {
  const { answer, close } = await listenForCallback('http://127.0.0.1:0/callback', 1)
  t.teardown(close)
  t.equal(await answer, undefined)
})
