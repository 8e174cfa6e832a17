import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool, elicit } from '../../../mcp/tool.ts'
import { createSealer } from '../../../mcp/elicitation/seal.ts'
import { buildAsking, FORMS, SCOPES, YES, type Ask } from '../../support/asking.ts'
import { build, modern } from '../../support/build.ts'

const { advance, files, issuer, post, send, token } = await buildAsking(t)

t.test('accepts a requestState only from the same caller, for the same tool and arguments, and for a limited time', async t => {
  const { result: { requestState } } = await send()
  const bytes = Buffer.from(requestState, 'base64url')
  bytes[20] = (bytes[20] as number) ^ 1
  const foreign = createSealer().seal('{}', '')
  const bad: ReadonlyArray<[what: string, ask: Ask]> = [
    ['tampered', { requestState: `${requestState}-TAMPERED` }],
    ['one bit off', { requestState: bytes.toString('base64url') }],
    ['padded', { requestState: `${requestState}=` }],
    ['cut', { requestState: requestState.slice(0, -4) }],
    ['empty', { requestState: '' }],
    ['short', { requestState: 'AAAA' }],
    ['no text', { requestState: 1 }],
    ['null', { requestState: null }],
    ['of another key', { requestState: foreign }],
    ['for other arguments', { requestState, args: { prefix: 'b' } }],
    ['for another tool', { requestState, name: 'test_missing_capability' }],
    ['of another user', { requestState, bearer: issuer.token({ ...SCOPES, sub: 'auth0|other' }) }],
    ['of another application', { requestState, bearer: issuer.token({ ...SCOPES, azp: 'other' }) }],
    ['of another organization', { requestState, bearer: issuer.token({ ...SCOPES, org_id: 'org_2' }) }],
    ['of another actor', { requestState, bearer: issuer.token({ ...SCOPES, act: { sub: 'agent' } }) }],
    ['of a machine', { requestState, bearer: issuer.token({ ...SCOPES, gty: 'client-credentials' }) }]
  ]
  for (const [what, ask] of bad) {
    const { status, error } = await send({ inputResponses: YES, ...ask })
    t.equal(status, 200)
    t.match(error, { code: -32602, message: /^params\.requestState is not valid/ }, what)
  }
  t.equal(files.size, 3)
  t.notMatch(bytes.toString('latin1'), /Delete/, 'nothing of it can be read')

  advance(599)
  t.match((await send({ requestState })).result, { resultType: 'input_required' })
  advance(2)
  t.match((await send({ requestState, inputResponses: YES })).error, { code: -32602, message: /expired/ })
})

t.test('refuses a requestState of another actor or organization', async t => {
  for (const [one, other] of [[{ act: { sub: 'a' } }, { act: { sub: 'b' } }], [{ org_id: 'org_1' }, { org_id: 'org_2' }]]) {
    const bearer = issuer.token({ ...SCOPES, ...one })
    const { result: { requestState } } = await send({ bearer })
    t.match((await send({ requestState, inputResponses: YES, bearer: issuer.token({ ...SCOPES, ...other }) })).error, { code: -32602 })
    t.match((await send({ requestState, inputResponses: {}, bearer })).result, { resultType: 'input_required' })
  }
})

t.test('refuses a number that is too large for JSON, in arguments and in answers', async t => {
  const raw = async (member: string) => {
    const { message, headers } = modern('tools/call', { name: 'test_input_required_result_request_state', arguments: {}, inputResponses: {} }, FORMS)
    const text = JSON.stringify(message).replace(/"arguments":\{\}|"inputResponses":\{\}/g, part => member.startsWith(part.slice(0, -2)) ? member : part)
    return (await post(text, token, headers)).json()
  }
  for (const number of ['1e400', '-1e400']) {
    for (const member of [`"arguments":{"n":${number}}`, `"arguments":{"deep":[{"n":${number}}]}`, `"inputResponses":{"confirm":{"n":${number}}}`]) {
      t.match((await raw(member)).error, { code: -32602, message: /must not hold a number/ }, member)
    }
  }
  for (const member of ['"arguments":{"n":1e308}', '"arguments":{"n":null}']) t.match((await raw(member)).result, { resultType: 'input_required' })
})

t.test('treats a default and the same value sent as the same argument', async t => {
  let confirmed = 0
  const defaulted = defineTool({
    name: 'defaulted',
    title: 'D',
    description: 'D.',
    scopes: ['tool:whoami'],
    input: Type.Object({ limit: Type.Integer({ default: 10 }) }),
    handler ({ limit }, { ask }) {
      ask({ confirm: elicit('Sure?', Type.Object({ sure: Type.Boolean() })) })
      confirmed = limit
      return []
    }
  })
  const { issuer, post } = await build(t, { tools: [defaulted] })
  const run = async (args: object, more: object = {}) => {
    const { message, headers } = modern('tools/call', { name: 'defaulted', arguments: args, ...more }, FORMS)
    return (await post(message, issuer.token(), headers)).json()
  }
  for (const [first, second] of [[{}, {}], [{}, { limit: 10 }], [{ limit: 10 }, {}]] as const) {
    const { result: { requestState } } = await run(first)
    t.match(await run(second, { requestState, inputResponses: YES }), { result: { resultType: 'complete' } })
    t.equal(confirmed, 10)
    t.match(await run({ limit: 11 }, { requestState, inputResponses: YES }), { error: { code: -32602 } })
  }
})

t.test('accepts a requestState if the arguments come in another order', async t => {
  const name = 'test_input_required_result_request_state'
  const { result: { requestState } } = await send({ name, args: { a: { x: 1, y: [2] }, b: 3 } })
  const inputResponses = { confirm: { action: 'accept', content: { ok: true } } }
  t.match((await send({ name, args: { b: 3, a: { y: [2], x: 1 } }, requestState, inputResponses })).result, { content: [{ text: 'state-ok' }] })
  t.match((await send({ name, args: { b: 3, a: { y: [3], x: 1 } }, requestState, inputResponses })).error, { code: -32602 })
})

t.test('carries the answers of earlier rounds in the state', async t => {
  const name = 'test_input_required_result_multi_round'
  const first = (await send({ name, args: {} })).result
  t.strictSame(Object.keys(first.inputRequests), ['step1'])
  const second = (await send({ name, args: {}, requestState: first.requestState, inputResponses: { step1: { action: 'accept', content: { name: 'Ada' } } } })).result
  t.strictSame(Object.keys(second.inputRequests), ['step2'])
  t.not(second.requestState, first.requestState)
  const third = (await send({ name, args: {}, requestState: second.requestState, inputResponses: { step2: { action: 'accept', content: { color: 'red' } } } })).result
  t.match(third, { resultType: 'complete', content: [{ text: 'Ada likes red.' }] })
})
