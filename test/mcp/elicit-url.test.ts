import { Type } from '@sinclair/typebox'
import t from 'tap'
import { createSpent } from '../../limits/spent.ts'
import { createElicitations } from '../../mcp/elicitation.ts'
import { defineTool, elicit, elicitUrl, sample } from '../../mcp/tool.ts'
import { build, call, modern } from '../support/build.ts'

const SECRET = 'kV9#pLw2@xQz7!mN4&bTj6^cRf1*hGdY'
const URL_MODE = { elicitation: { url: {} } }
const SETTINGS = 'https://page.example/settings?lang=en'

let done = false
const connect = defineTool({
  name: 'connect',
  title: 'Connect',
  description: 'Needs a page.',
  scopes: ['tool:whoami'],
  input: Type.Object({ also: Type.Optional(Type.String()) }),
  handler ({ also }, { ask }) {
    const page = elicitUrl({ message: 'Enter your key on this page.', url: SETTINGS })
    const more = also === 'form' ? { form: elicit('Name?', Type.Object({ name: Type.String() })) } : also === 'model' ? { model: sample('Hi', 1) } : {}
    const answers = ask({ page, ...more })
    return [{ type: 'text', text: `${answers.page.action} ${done ? 'done' : 'open'}` }]
  }
})

const { issuer, post, advance, logs } = await build(t, { tools: [connect], env: { STATE_SECRET: SECRET } })
const ALICE = 'auth0|alice'
const token = issuer.token({ sub: ALICE, azp: 'editor' })
const alice = { issuer: issuer.url, subject: ALICE }

async function send (more: object = {}, { capabilities = URL_MODE as object, bearer = token, args = {} } = {}) {
  const { message, headers } = modern('tools/call', { name: 'connect', arguments: args, ...more }, capabilities)
  const response = await post(message, bearer, headers)
  const { result, error } = response.json()
  return { status: response.statusCode, result, error }
}

async function linkOf (bearer = token): Promise<URL> {
  return new URL((await send({}, { bearer })).result.inputRequests.page.params.url)
}
const tokenIn = ({ searchParams }: URL): string => searchParams.get('elicitation') ?? ''

t.test('the server of the page needs the secret of this server', async t => {
  for (const secret of [undefined, '', ' '.repeat(40), 'short']) t.throws(() => createElicitations({ secret: secret as string, spent: createSpent() }), /expected secret to be the STATE_SECRET of the MCP server, found [05] characters/)
  const blanks = createElicitations({ secret: ` ${SECRET}\n`, spent: createSpent() })
  t.match(blanks.check(tokenIn(await linkOf()), alice), { ok: true }, 'without the blanks around it, which the server drops too')
})

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

t.test('the page learns whether its user is the caller', async t => {
  const now = () => Date.now()
  const page = createElicitations({ secret: SECRET, spent: createSpent(), now })
  const link = tokenIn(await linkOf())
  t.strictSame(page.check(link, alice), { ok: true, tool: 'connect', clientId: 'editor' })
  const member = tokenIn(await linkOf(issuer.token({ sub: ALICE, azp: 'editor', org_id: 'org_1' })))
  t.strictSame(page.check(member, alice), { ok: true, tool: 'connect', clientId: 'editor', organization: 'org_1' })

  for (const other of [{ ...alice, subject: 'auth0|bob' }, { ...alice, issuer: 'https://other.example/' }, { ...alice, subject: '' }]) {
    t.strictSame(page.check(link, other), { ok: false, reason: 'other_user' })
    t.strictSame(await page.use(link, other), { ok: false, reason: 'other_user' })
  }
  const { result: { requestState } } = await send()
  const bytes = Buffer.from(link, 'base64url')
  bytes[20] = (bytes[20] as number) ^ 1
  for (const wrong of [undefined, null, '', [link], `${link}=`, link.slice(0, -4), bytes.toString('base64url'), requestState]) t.strictSame(await page.use(wrong, alice), { ok: false, reason: 'invalid' }, String(wrong))
  t.strictSame(createElicitations({ secret: `${SECRET}.`, spent: createSpent() }).check(link, alice), { ok: false, reason: 'invalid' }, 'of another server')
  t.match((await send({ requestState: link, inputResponses: {} })).error, { code: -32602 }, 'a link is no state')

  t.match(await page.use(link, alice), { ok: true, tool: 'connect' }, 'what others tried did not use it up')
  t.strictSame(await page.use(link, alice), { ok: false, reason: 'used' })
  const both = tokenIn(await linkOf())
  t.strictSame((await Promise.all([page.use(both, alice), page.use(both, alice)])).map(({ ok }) => ok), [true, false])
  t.strictSame(await createElicitations({ secret: SECRET, spent: { spend: () => undefined } }).use(both, alice), { ok: false, reason: 'unavailable' })
})

t.test('another process may take the answer, and makes links for the same page', async t => {
  const other = await build(t, { tools: [connect], env: { STATE_SECRET: SECRET, AUTH0_DOMAIN: issuer.url } })
  const { result: { requestState, inputRequests } } = await send()
  const { message, headers } = modern('tools/call', { name: 'connect', arguments: {}, requestState, inputResponses: { page: { action: 'accept' } } }, URL_MODE)
  t.match((await other.post(message, token, headers)).json(), { result: { content: [{ text: /^accept/ }] } })
  const first = modern('tools/call', { name: 'connect', arguments: {} }, URL_MODE)
  const { result } = (await other.post(first.message, token, first.headers)).json()
  const page = createElicitations({ secret: SECRET, spent: createSpent() })
  for (const { page: { params: { url } } } of [inputRequests, result.inputRequests]) t.match(await page.use(tokenIn(new URL(url)), alice), { ok: true })
})

t.test('a link is good for ten minutes', async t => {
  const from = Date.now()
  let later = 0
  const page = createElicitations({ secret: SECRET, spent: createSpent(), now: () => from + later })
  advance((from - Date.now()) / 1000)
  const link = tokenIn(await linkOf())
  later = 590_000
  t.match(page.check(link, alice), { ok: true })
  later = 900_000
  t.strictSame(page.check(link, alice), { ok: false, reason: 'expired' })
  t.strictSame(await page.use(link, alice), { ok: false, reason: 'expired' })
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
