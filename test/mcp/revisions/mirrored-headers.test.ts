import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool } from '../../../mcp/tool.ts'
import whoamiTool from '../../../tools/whoami.ts'
import { build, modern } from '../../support/build.ts'
import { exchange, listen, raw } from '../../support/wire.ts'

const regional = defineTool({
  name: 'regional',
  title: 'Regional',
  description: 'Mirrors its parameters into headers.',
  scopes: ['tool:whoami'],
  input: Type.Object({
    region: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    place: Type.Optional(Type.String({ 'x-mcp-header': 'Place' })),
    count: Type.Optional(Type.Integer({ 'x-mcp-header': 'Count' })),
    deep: Type.Optional(Type.Object({ dry: Type.Boolean({ 'x-mcp-header': 'Dry-Run' }) }))
  }),
  output: Type.Object({}),
  handler: () => ({})
})

const { app, issuer, post } = await build(t, { tools: [whoamiTool, regional] })
const token = issuer.token()

function send ({ message, headers }: ReturnType<typeof modern>, change: { message?: object, headers?: Record<string, string | undefined> } = {}): ReturnType<typeof post> {
  const sent = Object.entries({ ...headers, ...change.headers }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return post({ ...message, ...change.message }, token, Object.fromEntries(sent))
}

const whoami = modern('tools/call', { name: 'whoami', arguments: {} })

t.test('accepts an encoded Mcp-Name if the Base64 is strict and the text UTF-8', async t => {
  const encoded = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`
  t.equal((await send(whoami, { headers: { 'mcp-name': encoded('whoami') } })).statusCode, 200)
  // A name that looks like an encoded header must be encoded once more.
  const odd = modern('tools/call', { name: encoded('whoami') })
  t.match((await send(odd)).json(), { error: { code: -32020 } })
  t.match((await send(odd, { headers: { 'mcp-name': encoded(encoded('whoami')) } })).json(), { error: { code: -32602, message: /^Unknown tool/ } })
  const foreign = modern('tools/call', { name: '\ufeffwörld' })
  t.match((await send(foreign, { headers: { 'mcp-name': encoded('\ufeffwörld') } })).json(), { error: { code: -32602 } }, 'a byte order mark is part of it')
  for (const name of ['=?base64?d2hvYW1p', 'd2hvYW1p', '=?base64?d2hvYW1?=', '=?base64?d2hv YW1p?=', '=?base64?d2hvYW1p====?=', '=?BASE64?d2hvYW1p?=', '=?base64?/w==?=', 'whoami\u00e9']) {
    t.match((await send(whoami, { headers: { 'mcp-name': name } })).json(), { error: { code: -32020 } }, name)
  }
})

t.test('refuses Mcp-Param headers that do not mirror the arguments', async t => {
  const rows: ReadonlyArray<[args: object, headers: Record<string, string>, expected: 'ok' | 'mismatch' | 'argument']> = [
    [{ place: 'Köln', count: 42, deep: { dry: true } }, { 'mcp-param-place': `=?base64?${Buffer.from('Köln').toString('base64')}?=`, 'mcp-param-count': '42', 'mcp-param-dry-run': 'true' }, 'ok'],
    [{ place: 'Rome' }, { 'Mcp-Param-Place': 'Rome' }, 'ok'],
    [{ place: '' }, { 'mcp-param-place': '=?base64??=' }, 'ok'],
    [{ count: 42 }, { 'mcp-param-count': '42.0' }, 'ok'],
    [{ count: -7 }, { 'mcp-param-count': '-7' }, 'ok'],
    [{}, {}, 'ok'],
    [{}, { 'mcp-param-other': 'unknown to us' }, 'ok'],
    [{ place: 'Rome' }, {}, 'mismatch'],
    [{ place: 'Rome' }, { 'mcp-param-place': 'rome' }, 'mismatch'],
    [{ place: 'Rome' }, { 'mcp-param-place': '=?base64?Um9t!!U=?=' }, 'mismatch'],
    [{}, { 'mcp-param-place': 'Rome' }, 'mismatch'],
    [{ place: null }, { 'mcp-param-place': 'null' }, 'mismatch'],
    [{ count: 42 }, {}, 'mismatch'],
    [{ count: 42 }, { 'mcp-param-count': '43' }, 'mismatch'],
    [{ count: 42 }, { 'mcp-param-count': '4.2e1' }, 'mismatch'],
    [{ count: 42 }, { 'mcp-param-count': '=?base64?!?=' }, 'mismatch'],
    [{ count: 2 ** 53 }, { 'mcp-param-count': String(2 ** 53) }, 'mismatch'],
    [{ deep: { dry: false } }, { 'mcp-param-dry-run': 'true' }, 'mismatch'],
    [{ deep: 'none' }, {}, 'argument'],
    [{ place: null }, {}, 'argument'],
    [{ place: ['Rome'] }, {}, 'argument'],
    [{ count: 4.2 }, { 'mcp-param-count': '4.2' }, 'argument']
  ]
  for (const [args, headers, expected] of rows) {
    const response = await send(modern('tools/call', { name: 'regional', arguments: args }), { headers })
    const { result, error } = response.json()
    const found = error?.code === -32020 && response.statusCode === 400 ? 'mismatch' : result.isError ? 'argument' : 'ok'
    t.equal(found, expected, JSON.stringify([args, headers]))
  }
})

t.test('reads header names in any case, and ignores blanks around values', async t => {
  const response = await send(modern('tools/list'), { headers: { 'mcp-method': undefined, 'MCP-METHOD': 'tools/list' } })
  t.equal(response.statusCode, 200)
})

t.test('refuses a mirrored header that comes twice, whose values Node joins', async t => {
  const port = await listen(app)
  const answerTo = async (args: object, twice: Record<string, readonly string[]>): Promise<unknown> => {
    const { message, headers } = modern('tools/call', { name: 'regional', arguments: args })
    const all = Object.entries({ ...headers, ...twice }).flatMap(([name, value]) => [value].flat().map(one => `${name}: ${one}`))
    const [answer] = await exchange(port, raw(['content-type: application/json', 'accept: application/json, text/event-stream', `authorization: Bearer ${token}`, ...all], JSON.stringify(message)))
    return [answer?.statusCode, JSON.parse(answer?.body ?? '{}').error?.code]
  }
  t.strictSame(await answerTo({ place: 'eu, us' }, { 'mcp-param-place': ['eu, us'] }), [200, undefined])
  t.strictSame(await answerTo({ place: 'eu, us' }, { 'mcp-param-place': ['eu'], 'Mcp-Param-Place': ['us'] }), [400, -32020])
  t.strictSame(await answerTo({ place: 'eu, eu' }, { 'mcp-param-place': ['eu', 'eu'] }), [400, -32020])
  // No valid value of these has a comma.
  t.strictSame(await answerTo({}, { 'mcp-name': ['regional', 'regional'] }), [400, -32020])
  t.strictSame(await answerTo({}, { 'mcp-method': ['tools/call', 'tools/call'] }), [400, -32020])
  t.strictSame(await answerTo({}, { 'mcp-protocol-version': ['2026-07-28', '2026-07-28'] }), [400, -32020])
})
