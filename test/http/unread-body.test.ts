import { connect } from 'node:net'
import t from 'tap'
import { build } from '../support/build.ts'
import { exchange, listen, raw, until } from '../support/wire.ts'

const json = 'content-type: application/json'

t.test('I9 answers 401 at once to a body of 100 MB without a token, and does not read it', async t => {
  const { app } = await build(t)
  const port = await listen(app)
  let read = 0
  app.server.on('connection', socket => socket.once('close', () => { read = socket.bytesRead }))

  for (const framing of [['content-length: 104857600'], ['transfer-encoding: chunked'], ['content-length: 104857600', 'expect: 100-continue']]) {
    read = 0
    const sent = Buffer.alloc(1024 * 1024, framing[0]?.startsWith('transfer') ? '1\r\na\r\n' : 'x')
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(raw([json, ...framing]))
        for (let i = 0; i < 100; i++) socket.write(sent)
      })
      socket.on('data', chunk => { text += chunk })
      // The server closes the connection while the body is still being sent.
      socket.on('error', (error: NodeJS.ErrnoException) => { if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error) })
      socket.on('close', () => resolve(text))
    })
    await until(() => read > 0)
    t.match(answer, /^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?401 /)
    t.match(answer, /\r\nconnection: close\r\n/i)
    t.ok(read < 10 * 1024 * 1024, `${read} bytes were read`)
  }
})

t.test('keeps the connection open after a short body that is not read', async t => {
  const { app } = await build(t)
  const answers = await exchange(await listen(app), raw([json], '{}') + raw([json], '{}'), 2)
  t.same(answers.map(({ statusCode }) => statusCode), [401, 401])
})
