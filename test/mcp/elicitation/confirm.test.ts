import t from 'tap'
import { createRegistry } from '../../../mcp/registry.ts'
import { type Tool } from '../../../mcp/tool.ts'
import { call } from '../../support/build.ts'
import { buildConfirming, yes } from '../../support/confirming.ts'

const { post, logs, deleted, remove, token, send } = await buildConfirming(t)

t.test('the user is asked before the handler runs', async t => {
  const { result: { requestState, ...first } } = await send()
  t.match(first, { resultType: 'input_required', inputRequests: { 'confirm()': { method: 'elicitation/create', params: { message: 'Remove /a?' } } } })
  t.strictSame(deleted, [])
  t.match((await send({ requestState, inputResponses: yes() })).result, { content: [{ text: 'removed' }] })
  t.strictSame(deleted, ['/a'])
})

t.test('the question hides nothing from the user', async t => {
  t.match((await send({}, { path: 'report\u202efdp.exe' })).result, { inputRequests: { 'confirm()': { params: { message: 'Remove reportfdp.exe?' } } } })
})

t.test('only a yes to the question runs the handler', async t => {
  for (const answer of [{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { sure: false } }]) {
    const { result: { requestState } } = await send()
    t.match((await send({ requestState, inputResponses: { 'confirm()': answer } })).result, { isError: true, content: [{ text: 'The user did not confirm this call.' }] })
  }
  t.match((await send({ inputResponses: yes() })).result, { resultType: 'input_required' }, 'an answer that nobody asked for')
  const { result: { requestState } } = await send()
  for (const inputResponses of [{}, yes('confirm'), yes('confirm()', {}), yes('confirm()', { sure: 'true' })]) {
    t.match((await send({ requestState, inputResponses })).result, { resultType: 'input_required' })
  }
  t.strictSame(deleted, [])
  t.ok(logs.some(({ outcome }) => outcome === 'denied'))
})

t.test('a client that cannot be asked is refused with a sentence', async t => {
  t.match(await send({}, { capabilities: {} }), { status: 400, error: { code: -32021, message: 'This needs a client that supports elicitation' } })
  t.match((await post(call('remove', { path: '/a' }), token)).json(), { result: { isError: true, content: [{ text: /has to ask the user something/ }] } })
  t.strictSame(deleted, [])
})

t.test('a handler that asks more keeps the approval, which still counts once', async t => {
  const first = await send({}, { name: 'twice' })
  const approved = { requestState: first.result.requestState, inputResponses: yes() }
  const second = await send(approved, { name: 'twice' })
  t.match(second.result, { inputRequests: { confirm: { params: { message: 'Really?' } } } })
  t.match((await send(approved, { name: 'twice' })).result, { isError: true })

  const answered = { requestState: second.result.requestState, inputResponses: yes('confirm') }
  t.match((await send(answered, { name: 'twice' })).result, { content: [] })
  t.match((await send(answered, { name: 'twice' })).result, { isError: true })
  t.strictSame(deleted, ['/a accept'])
})

t.test('a destructive tool needs a question, or confirm: false', async t => {
  const wrong = (confirm: unknown): Tool => ({ ...remove, confirm }) as Tool
  t.throws(() => createRegistry([wrong(undefined)]), /destructiveHint: true needs a question/)
  for (const confirm of [true, 'Sure?', null]) t.throws(() => createRegistry([wrong(confirm)]), /expected confirm to be a function/)
  createRegistry([wrong(false)])
  createRegistry([{ ...remove, confirm: undefined, annotations: {} } as unknown as Tool])
})
