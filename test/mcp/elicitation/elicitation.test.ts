import t from 'tap'
import { createSpent } from '../../../limits/spent.ts'
import { createElicitations } from '../../../mcp/elicitation/elicitation.ts'
import { build, modern } from '../../support/build.ts'
import { buildLinks, SECRET, tokenIn, URL_MODE } from '../../support/links.ts'

const { tool, issuer, advance, token, alice, send, linkOf } = await buildLinks(t)

t.test('the server of the page needs the secret of this server', async t => {
  for (const secret of [undefined, '', ' '.repeat(40), 'short']) t.throws(() => createElicitations({ secret: secret as string, spent: createSpent() }), /expected secret to be the STATE_SECRET of the MCP server, found [05] characters/)
  const blanks = createElicitations({ secret: ` ${SECRET}\n`, spent: createSpent() })
  t.match(blanks.check(tokenIn(await linkOf()), alice), { ok: true }, 'without the blanks around it, which the server drops too')
})

t.test('the page learns whether its user is the caller', async t => {
  const now = () => Date.now()
  const page = createElicitations({ secret: SECRET, spent: createSpent(), now })
  const link = tokenIn(await linkOf())
  t.strictSame(page.check(link, alice), { ok: true, tool: 'connect', clientId: 'editor' })
  const member = tokenIn(await linkOf(issuer.token({ sub: alice.subject, azp: 'editor', org_id: 'org_1' })))
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
  const other = await build(t, { tools: [tool], env: { STATE_SECRET: SECRET, AUTH0_DOMAIN: issuer.url } })
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
