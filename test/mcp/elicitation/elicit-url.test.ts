import t from 'tap'
import { elicitUrl } from '../../../mcp/tool.ts'
import { call } from '../../support/build.ts'
import { buildLinks, tokenIn } from '../../support/links.ts'

let done = false
const { issuer, post, logs, token, send, linkOf } = await buildLinks(t, () => done)

t.test('the client gets the page with a parameter that it cannot read, and the call goes on with its answer', async t => {
  const { result } = await send()
  t.match(result, { resultType: 'input_required', inputRequests: { page: { method: 'elicitation/create', params: { mode: 'url', message: 'Enter your key on this page.' } } } })
  t.strictSame(Object.keys(result.inputRequests.page.params), ['mode', 'message', 'url'])
  const url = new URL(result.inputRequests.page.params.url)
  t.match(url.href, /^https:\/\/page\.example\/settings\?lang=en&elicitation=[\w-]+$/)
  t.notMatch(Buffer.from(tokenIn(url), 'base64url').toString('latin1'), /alice|connect|localhost/)
  t.not(tokenIn(await linkOf()), tokenIn(url), 'each link is another one')
  t.notOk(logs.some(line => JSON.stringify(line).includes(tokenIn(url))), 'and none is logged')

  for (const action of ['accept', 'decline', 'cancel']) {
    t.match((await send({ requestState: result.requestState, inputResponses: { page: { action } } })).result, { content: [{ text: `${action} open` }] })
  }
  done = true
  t.match((await send({ requestState: result.requestState, inputResponses: { page: { action: 'accept' } } })).result, { content: [{ text: 'accept done' }] })
})

t.test('an answer that does not fit, or that was not asked for, does not count', async t => {
  const { result: { requestState } } = await send()
  for (const page of [null, 'accept', {}, { action: 'perhaps' }]) t.match((await send({ requestState, inputResponses: { page } })).result, { resultType: 'input_required' })
  t.match((await send({ inputResponses: { page: { action: 'accept' } } })).result, { resultType: 'input_required' })
  t.match((await send({ requestState, inputResponses: { page: { action: 'accept' } } }, { bearer: issuer.token({ azp: 'editor' }) })).error, { code: -32602 })
})

t.test('a client without the capability is told what is missing', async t => {
  for (const elicitation of [undefined, {}, { form: {} }, { url: true }, true]) {
    const { status, error } = await send({}, { capabilities: { elicitation } })
    t.equal(status, 400)
    t.strictSame([error.code, error.message, error.data.requiredCapabilities], [-32021, 'This needs a client that supports elicitation by URL', { elicitation: { url: {} } }])
  }
  t.match((await send({}, { capabilities: {}, args: { also: 'form' } })).error, {
    message: 'This needs a client that supports elicitation by URL and elicitation', data: { requiredCapabilities: { elicitation: { url: {}, form: {} } } }
  })
  t.strictSame((await send({}, { args: { also: 'form' } })).error.data.requiredCapabilities, { elicitation: { form: {} } })
  t.strictSame((await send({}, { args: { also: 'model' } })).error.data.requiredCapabilities, { sampling: {} })
  t.equal((await send({}, { capabilities: { elicitation: { form: {}, url: {} } }, args: { also: 'form' } })).status, 200)
  t.match((await post(call('connect'), token, { 'mcp-protocol-version': '2025-11-25' })).json(), { result: { isError: true, content: [{ text: /needs a client that speaks MCP 2026-07-28/ }] } })
})

t.test('a URL that must not be sent to a client is refused, and not repeated', async t => {
  const rows: ReadonlyArray<readonly [url: string, message: string]> = [
    ['/settings', 'expected a whole URL'],
    ['', 'expected a whole URL'],
    ['http://page.example/', 'expected https, or http on a loopback host'],
    ['http://localhost.example/', 'expected https, or http on a loopback host'],
    ['http://localhost@page.example/', 'expected https, or http on a loopback host'],
    ['javascript:alert(1)', 'expected https, or http on a loopback host'],
    ['https://user@page.example/', 'expected a URL without user and password'],
    ['https://:word@page.example/', 'expected a URL without user and password'],
    ['https://page.example/#access_token=abc', 'expected a URL without fragment'],
    ['https://page.example/?access_token=abc', 'the parameter access_token must not be in the URL, since the client and the model can read it'],
    ['https://page.example/?a=b&apiKey=abc', 'the parameter apiKey must not be in the URL, since the client and the model can read it']
  ]
  for (const [url, message] of rows) t.throws(() => elicitUrl({ message: 'm', url }), { message: `elicitUrl: ${message}` }, url)
  for (const url of ['https://page.example', 'http://localhost:1/a?b=c', 'http://127.0.0.1', 'http://[::1]:1/']) t.match(elicitUrl({ message: 'm', url }), { params: { url: new URL(url).href } })
})
