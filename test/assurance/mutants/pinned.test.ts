import { Type } from '@sinclair/typebox'
import t from 'tap'
import type { Caller } from '../../../auth/caller.ts'
import { elicit } from '../../../mcp/elicitation/elicit.ts'
import { createRequestState, InputRequired } from '../../../mcp/elicitation/request-state.ts'
import { createSealer } from '../../../mcp/elicitation/seal.ts'
import { build, call, modern } from '../../support/build.ts'

// Faults that no other test notices, found by breaking the checks one by one (test/assurance/mutants/main.ts).

t.test('B8 refuses two tokens with a comma between them, with 400', async t => {
  const { issuer, whoami } = await build(t)
  const token = issuer.token()
  t.equal((await whoami(`${token},${token}`)).statusCode, 400)
  t.equal((await whoami(`${token},`)).statusCode, 400)
})

t.test('D11 a token is expired in the millisecond of exp, and not in the one before', async t => {
  const time = Date.UTC(2031, 0, 1)
  const { issuer, whoami } = await build(t, { env: { CLOCK_TOLERANCE: '0' }, now: () => time })
  const at = (exp: number) => whoami(issuer.token({ iat: time / 1000 - 60, exp }))
  t.equal((await at(time / 1000)).statusCode, 401)
  t.equal((await at(time / 1000 + 0.001)).statusCode, 200)
})

t.test('counts brackets as nesting outside strings only', async t => {
  const { issuer, post } = await build(t)
  const ping = (params: string) => post(`{"jsonrpc":"2.0","id":1,"method":"ping","params":${params}}`, issuer.token())
  t.match((await ping(`{"text":"${'[{'.repeat(1000)}\\"${'['.repeat(1000)}"}`)).json(), { result: {} })
  t.match((await ping(`{"text":"${']}'.repeat(1000)}\\"${']'.repeat(1000)}","deep":${'['.repeat(100)}${']'.repeat(100)}}`)).json(), { error: { code: -32600 } })
  t.match((await ping(`{"text":"\\\\","deep":${'['.repeat(100)}${']'.repeat(100)}}`)).json(), { error: { code: -32600 } }, 'a string that ends with a backslash')
})

t.test('an Mcp-Name that is not UTF-8 names no tool', async t => {
  const { issuer, post } = await build(t)
  const { message, headers } = modern('tools/call', { name: '\ufffd', arguments: {} })
  t.match((await post(message, issuer.token(), { ...headers, 'mcp-name': '=?base64?/w==?=' })).json(), { error: { code: -32020 } })
})

t.test('whoami takes no arguments', async t => {
  const { issuer, post } = await build(t)
  t.match((await post(call('whoami', { of: 'somebody' }), issuer.token())).json(), { result: { isError: true } })
})

t.test('accepts a requestState from the same issuer only, and answers to questions that were asked only', async t => {
  const state = createRequestState(createSealer())
  const question = elicit('Sure?', Type.Object({ sure: Type.Boolean() }))
  const origin = (issuer: string) => ({ caller: { issuer, subject: 's', clientId: 'c' } as Caller, tool: 'tool', args: {} })
  const { requestState } = state.next(origin('https://one.test/'), new InputRequired({ asked: question }, {}), { elicitation: {} }, 0)
  const params = { requestState, inputResponses: { asked: 1, other: 2 } }

  t.strictSame(Object.keys(state.given(origin('https://one.test/'), params, 0).given), ['asked'])
  t.throws(() => state.given(origin('https://two.test/'), params, 0), { code: -32602 })
})
