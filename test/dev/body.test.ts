import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { MAX_BODY_LENGTH } from '../../dev/body.ts'
import { createUser } from '../e2e/login-user.ts'
import { startProvider } from '../support/provider.ts'

const { authorization, issuer, newClient } = await startProvider(t)

t.test('answers a body that is too large with 413 before its end, and closes', async t => {
  for (const path of ['/dev/token', '/oauth/token']) {
    const socket = connect(Number(new URL(issuer).port), '127.0.0.1').setTimeout(20_000, () => socket.destroy())
    const length = MAX_BODY_LENGTH + 1
    socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${length.toString(16)}\r\n${'x'.repeat(length)}`)
    let answer = ''
    socket.on('data', data => { answer += data })
    await once(socket, 'close')
    t.match(answer, /^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i, path)
  }
})

t.test('reads a body of up to 64 KiB', async t => {
  for (const [length, status] of [[MAX_BODY_LENGTH, 200], [MAX_BODY_LENGTH + 1, 413]] as const) {
    t.equal((await fetch(`${issuer}dev/token`, { method: 'POST', body: '{}'.padEnd(length) })).status, status, `${length}`)
  }
  const user = createUser()
  const { url } = await user.open(authorization({ client_id: await newClient() }))
  for (const [length, status] of [[MAX_BODY_LENGTH, 400], [MAX_BODY_LENGTH + 1, 413]] as const) {
    t.equal((await user.open(url, new URLSearchParams({ username: ''.padEnd(length - 'username='.length, 'x') }))).status, status, `the page of the login, ${length}`)
  }
})
