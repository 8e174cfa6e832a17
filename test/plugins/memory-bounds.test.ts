import { readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { BLOCK } from '../../http/gathered.ts'
import { MAX_CONNECTIONS } from '../../http/most-connections.ts'
import { ANSWERED } from '../../mcp/exchange.ts'
import { MAX_ID_LENGTH } from '../../mcp/message.ts'
import { defineTool } from '../../mcp/tool.ts'
import { MAX_HEADERS } from '../../plugins/header-count.ts'
import { MAX_ASKED_LENGTH } from '../../plugins/origin.ts'
import { SEND_LIMITS } from '../../plugins/slow-clients.ts'
import { UPLOAD_ROOM } from '../../plugins/uploads.ts'
import whoami from '../../tools/whoami.ts'
import { build, call, request } from '../support/build.ts'
import { large, LARGE, LARGE_OUTPUT } from '../support/tools/large.ts'
import { listen, raw, silent, until } from '../support/wire.ts'

const MB = 1024 * 1024
const strict = defineTool({
  name: 'strict',
  title: 'Strict',
  description: 'Takes nothing.',
  scopes: ['test:slow'],
  input: Type.Object({}, { additionalProperties: false }),
  handler: () => []
})
const tools = [whoami, large, strict]

t.test('lets go of a request body once its answer is ready', async t => {
  const { app, issuer, logs } = await build(t, { tools, env: LARGE_OUTPUT })
  const requests: FastifyRequest[] = []
  app.addHook('onRequest', async request => { requests.push(request) })
  const port = await listen(app)
  const lines = ['content-type: application/json', `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  for (const message of [call('large', { length: LARGE }), call('whoami'), request('none'), { jsonrpc: '1.0' }]) silent(t, port, raw(lines, JSON.stringify(message)))
  await until(() => logs.filter(({ path }) => path === '/mcp').length === 3 && requests.some(({ raw }) => raw.socket.writableLength > 0))
  t.same(requests.map(({ body, exchange }) => [body, exchange]), Array(4).fill([undefined, ANSWERED]))
})

t.test('bounds what it echoes to a caller', async t => {
  const { app, issuer, post } = await build(t, { tools, env: LARGE_OUTPUT })
  const token = issuer.token({ scope: 'test:slow' })
  const [most, more] = ['x'.repeat(MAX_ID_LENGTH), 'x'.repeat(MAX_ID_LENGTH + 1)]
  t.match((await post(request('ping', {}, most), token)).json(), { id: most, result: {} })
  const refused = await post(request('ping', {}, more), token)
  t.equal(refused.statusCode, 400)
  t.match(refused.json(), { id: null, error: { code: -32600 } })

  const callWith = (progressToken: string) => request('tools/call', { name: 'large', arguments: { length: 1 }, _meta: { progressToken } })
  t.match((await post(callWith(most), token)).json(), { result: {} })
  t.match((await post(callWith(more), token)).json(), { error: { code: -32602, message: `params._meta.progressToken must not be longer than ${MAX_ID_LENGTH} characters` } })

  const revision = await post(request('ping', { _meta: { 'io.modelcontextprotocol/protocolVersion': 'x'.repeat(100_000) } }), token)
  t.match(revision.json(), { error: { data: { requested: 'x'.repeat(128) } } })
  t.ok(revision.body.length < 1000)
  const property = await post(call('strict', { ['x'.repeat(100_000)]: 1 }), token)
  t.match(property.json(), { result: { isError: true } })
  t.ok(property.body.length < 3000, `${property.body.length} bytes`)

  for (const [asked, connection] of [['x'.repeat(MAX_ASKED_LENGTH), 'keep-alive'], ['x'.repeat(MAX_ASKED_LENGTH + 1), 'close']] as const) {
    const { statusCode, headers } = await app.inject({ method: 'OPTIONS', url: '/mcp', headers: { host: 'localhost:3000', origin: 'http://localhost:3000', 'access-control-request-method': 'POST', 'access-control-request-headers': asked } })
    t.match({ statusCode, connection: headers['connection'] }, { statusCode: 204, connection })
    t.equal(headers['access-control-allow-headers'], connection === 'close' ? undefined : asked)
  }
})

t.test('docs/security.md has the limits of the code', async t => {
  const { app } = await build(t)
  const text = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')
  const section = /## What is bounded\n([^]*?)\n## /.exec(text)?.[1] ?? ''
  const figures = [
    [`${SEND_LIMITS.timeout / 1000} s`, 'the time for an answer'],
    [`${SEND_LIMITS.depth} requests`, 'the requests ahead'],
    [`${SEND_LIMITS.connection / MB} MiB for one connection`, 'the bytes of a connection'],
    [`${SEND_LIMITS.total / MB} MiB for the process`, 'the bytes of all'],
    [`${MAX_CONNECTIONS} connections`, 'the connections'],
    [`${MAX_HEADERS} of them`, 'the headers of a request'],
    [`${MAX_ID_LENGTH} characters`, 'an id'],
    [`${MAX_ASKED_LENGTH} characters of \`Access-Control-Request-Headers\``, 'a preflight'],
    [`${app.server.keepAliveTimeout / 1000} s`, 'an idle connection'],
    [`${app.server.headersTimeout / 1000} s`, 'the headers'],
    [`${app.server.requestTimeout / 1000} s`, 'a request'],
    [`${app.initialConfig.bodyLimit as number / MB} MiB`, 'a body'],
    [`hold up to ${UPLOAD_ROOM / MB} MiB`, 'the bodies that are arriving'],
    [`blocks of ${BLOCK / 1024} KiB`, 'a block']
  ] as const
  for (const [figure, what] of figures) t.ok(section.includes(figure), `${what}: ${figure}`)
})
