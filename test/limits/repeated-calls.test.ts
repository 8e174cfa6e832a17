import { Type } from '@sinclair/typebox'
import t from 'tap'
import { elicit } from '../../mcp/tool.ts'
import { build, modern } from '../support/build.ts'
import { BOUNDS, makeTool } from '../support/limited.ts'

const FORM = elicit('Name?', Type.Object({ name: Type.String() }))
const ANSWERS = { FORM: { action: 'accept', content: { name: 'Ann' } } }
const asking = makeTool('asking', context => { context.ask({ FORM }) })

t.test('counts no call that comes again with answers, unless the same answers come twice', async t => {
  const { issuer, post, advance } = await build(t, { env: { ...BOUNDS, RATE_LIMIT_MAX: '1' }, tools: [asking] })
  const token = issuer.token()
  const ask = modern('tools/call', { name: 'asking' }, { elicitation: {} })
  const { requestState } = JSON.parse((await post(ask.message, token, ask.headers)).body).result
  t.type(requestState, 'string')
  const again = modern('tools/call', { name: 'asking', requestState, inputResponses: ANSWERS }, { elicitation: {} })
  t.equal((await post(again.message, token, again.headers)).statusCode, 200)
  t.equal((await post(again.message, token, again.headers)).statusCode, 429)
  const forged = modern('tools/call', { name: 'asking', requestState: 'x', inputResponses: ANSWERS }, { elicitation: {} })
  t.match(JSON.parse((await post(forged.message, token, forged.headers)).body), { error: { code: -32602 } })
  advance(10)
  t.equal((await post(again.message, token, again.headers)).statusCode, 200)
})

t.test('counts a call that comes again without an answer, or with one to a question that was answered before', async t => {
  const { issuer, post } = await build(t, { env: { ...BOUNDS, RATE_LIMIT_MAX: '4' }, tools: [asking] })
  const token = issuer.token()
  const wrong = { FORM: { action: 'accept', content: { name: 1 } } }
  const next = async (params: object): Promise<string | undefined> => {
    const { message, headers } = modern('tools/call', { name: 'asking', ...params }, { elicitation: {} })
    return (await post(message, token, headers)).json().result?.requestState
  }

  const states = [await next({})]
  for (const inputResponses of [undefined, {}, { other: 1 }, wrong]) states.push(await next({ requestState: states.at(-1), inputResponses }))
  t.notOk(states.includes(undefined), 'the wrong answer is free, as the first one')
  t.equal(await next({ requestState: states.at(-1), inputResponses: wrong }), undefined)
  t.equal(await next({ requestState: states.at(-1) }), undefined)
})
