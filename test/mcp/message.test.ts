import t from 'tap'
import { build, request } from '../support/build.ts'

const { issuer, post } = await build(t)
const token = issuer.token()

t.test('answers 400 and -32600 to JSON that is not a message, with its id if it has one', async t => {
  const rows: ReadonlyArray<[body: unknown, id: unknown]> = [
    ['null', null],
    ['1', null],
    ['"ping"', null],
    [{}, null],
    [{ id: 1, method: 'ping' }, 1],
    [{ jsonrpc: '1.0', id: 2, method: 'ping' }, 2],
    [{ jsonrpc: '2.0', id: 'a' }, 'a'],
    [{ jsonrpc: '2.0', id: null, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: true, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: 1.5, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: 2 ** 53, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: {}, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: 3, method: 1 }, 3],
    [{ jsonrpc: '2.0', id: 4, method: 'ping', params: [] }, 4],
    [{ jsonrpc: '2.0', id: 5, method: 'ping', params: 1 }, 5],
    [{ jsonrpc: '2.0', result: {} }, null],
    [{ jsonrpc: '2.0', id: 6, result: 1 }, 6],
    [{ jsonrpc: '2.0', id: 7, method: 'ping', result: {} }, 7],
    [{ jsonrpc: '2.0', id: 8, result: {}, error: {} }, 8]
  ]
  for (const [body, id] of rows) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400, JSON.stringify(body))
    t.match(response.json(), { jsonrpc: '2.0', id, error: { code: -32600 } }, JSON.stringify(body))
  }
})

t.test('F-R5 says which member of a body is not allowed', async t => {
  const rows = [
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{"__proto__":1}}}', 'params.arguments.__proto__'],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","\\u005f_proto__":null}', '__proto__'],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[{"constructor":{"prototype":{}}}]}}]', '0.params.a.0.constructor'],
    ['{"jsonrpc":"2.0","a":{"b":[]},"__proto__":1}', '__proto__'],
    [`{"${'x'.repeat(500)}":{"__proto__":1}}`, `${'x'.repeat(118)}.__proto__`]
  ] as const
  for (const [body, path] of rows) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400)
    t.strictSame(response.json(), { jsonrpc: '2.0', id: null, error: { code: -32700, message: `The member ${path} is not allowed` } })
  }
  t.match((await post('{"__proto__":', token)).json(), { error: { code: -32700, message: 'The body is not JSON' } })
  t.equal((await post(request('ping', { constructor: 'allowed', a: null }), token)).statusCode, 200)
})
