import t from 'tap'
import { build, request } from '../support/build.ts'
import { checkRefused } from '../support/refusals.ts'
import { exchange, listen, raw } from '../support/wire.ts'

const json = 'content-type: application/json'

t.test('refuses a body in a transfer coding beside chunked before it is read, once the token is checked', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  const payload = JSON.stringify(request('ping'))
  const chunks = `${payload.length.toString(16)}\r\n${payload}\r\n0\r\n\r\n`
  const ask = async (lines: readonly string[], token = issuer.token(), target = 'POST /mcp') => {
    const [answer] = await exchange(port, raw([json, `authorization: Bearer ${token}`, ...lines], '', target) + chunks)
    return answer ?? t.fail('no answer') as never
  }
  for (const lines of [['gzip, chunked'], ['Deflate,CHUNKED'], ['gzip', 'chunked'], ['identity, chunked']]) {
    const answer = await ask(lines.map(coding => `transfer-encoding: ${coding}`))
    checkRefused(t, answer, 'CODING')
    t.equal(answer.headers['connection'], 'close', 'the body is not waited for')
    t.match(logs.at(-1), { status: 400, reason: 'transfer_coding', found: lines.join(', ') })
  }
  checkRefused(t, await ask(['transfer-encoding: gzip, chunked'], 'bad'), 'INVALID_TOKEN')
  t.match(await ask(['transfer-encoding: chunked']), { statusCode: 200, headers: { connection: 'keep-alive' } })
  t.match(await ask(['transfer-encoding: Chunked  ']), { statusCode: 200 })
})

t.test('closes a connection of HTTP/1.0 after a body in chunks', async t => {
  const { app, issuer } = await build(t)
  const port = await listen(app)
  const payload = JSON.stringify(request('ping'))
  const ask = async (lines: readonly string[], body: string) => {
    const [answer] = await exchange(port, raw([json, 'connection: keep-alive', `authorization: Bearer ${issuer.token()}`, ...lines], '', 'POST /mcp').replace('HTTP/1.1', 'HTTP/1.0') + body)
    return [answer?.statusCode, answer?.headers['connection']]
  }
  t.strictSame(await ask(['transfer-encoding: chunked'], `${payload.length.toString(16)}\r\n${payload}\r\n0\r\n\r\n`), [200, 'close'])
  t.strictSame(await ask([`content-length: ${payload.length}`], payload), [200, 'keep-alive'])
})
