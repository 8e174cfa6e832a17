import t, { type Test } from 'tap'
import { shareLimits } from '../../../limits/redis/share.ts'
import { openSpent } from '../../../limits/redis/spent.ts'
import type { Approvals } from '../../../limits/spent.ts'
import { boundLink, createElicitations } from '../../../mcp/elicitation/elicitation.ts'
import { createSealer } from '../../../mcp/elicitation/seal.ts'
import { actingTools, ran } from '../../support/tools/acting.ts'
import { build, modern, type Setup } from '../../support/build.ts'
import { SECRET } from '../../support/links.ts'
import { startRedis, startStandIn, withoutRedis } from '../../support/redis.ts'
import { until } from '../../support/wire.ts'

const ALICE = { issuer: 'https://tenant.example/', subject: 'auth0|alice' }
const STATE = 'sealed-state-with-a-tag-0123456789'
// A busy machine must not look like a Redis that is away.
const PATIENT = { required: false, commandMs: 20_000, connectMs: 20_000, retryMs: 60_000 }

async function open (t: Test, port: number, name = 'server'): Promise<Approvals> {
  const { approvals, close } = await shareLimits({ url: `redis://127.0.0.1:${port}`, ...PATIENT }, { info () {}, warn () {} })
  t.teardown(close)
  return approvals(name)
}

t.test('an approval counts once over all processes', { skip: withoutRedis }, async t => {
  const { port } = await startRedis(t)
  const [one, two, other] = [await open(t, port), await open(t, port), await open(t, port, 'other')]
  const answers = await Promise.all([one, two, one, two].map(approvals => approvals.spend(STATE, 0)))
  t.equal(answers.filter(Boolean).length, 1)
  t.equal(await other.spend(STATE, 0), true, 'a server of another name has approvals of its own')
})

t.test('an approval cannot be checked while Redis is away', async t => {
  let reply = ':0'
  const { port, drop } = await startStandIn(t, () => reply)
  const approvals = await open(t, port)
  t.equal(await approvals.spend(STATE, 0), true)
  reply = ':1'
  t.equal(await approvals.spend(STATE, 0), false)
  drop()
  await until(async () => await approvals.spend(STATE, 0) === undefined)
})

t.test('an approval runs a tool once, with two processes and after a restart', { skip: withoutRedis }, async t => {
  const { port } = await startRedis(t)
  const redis = { url: `redis://127.0.0.1:${port}`, ...PATIENT }
  const start = (env: Record<string, string> = {}): Promise<Setup> => build(t, { tools: actingTools, redis, env: { STATE_SECRET: SECRET, ...env } })
  const one = await start()
  const two = await start({ AUTH0_DOMAIN: one.issuer.url })
  const token = one.issuer.token({ scope: 'files:read' })
  const send = async ({ post }: Setup, more: object = {}): Promise<any> => {
    const { message, headers } = modern('tools/call', { name: 'remove', arguments: { as: 'a' }, ...more }, { elicitation: {} })
    return (await post(message, token, headers)).json().result
  }
  const { requestState } = await send(one)
  const approved = { requestState, inputResponses: { 'confirm()': { action: 'accept', content: { sure: true } } } }
  const answers = await Promise.all([one, two, one, two].map(process => send(process, approved)))
  t.strictSame(answers.filter(({ isError }) => isError !== true).map(({ content }) => content), [[{ type: 'text', text: 'did a' }]])
  await one.app.close()
  t.match(await send(await start({ AUTH0_DOMAIN: one.issuer.url }), approved), { isError: true, content: [{ text: /used before/ }] })
  t.strictSame(ran, ['a'])
})

t.test('a link counts once over all processes of a page, and none counts without Redis', { skip: withoutRedis }, async t => {
  const redis = await startRedis(t)
  const settings = { url: `redis://127.0.0.1:${redis.port}`, ...PATIENT, retryMs: 20 }
  const pages = await Promise.all([1, 2].map(async () => {
    const spent = await openSpent(settings, 'page', { info () {}, warn () {} })
    t.teardown(() => spent.close())
    return createElicitations({ secret: SECRET, spent })
  }))
  const caller = { ...ALICE, clientId: 'editor' } as Parameters<typeof boundLink>[1]['caller']
  const link = (): string | null => new URL(boundLink('https://page.example/', { caller, tool: 'page', until: Date.now() + 60_000 }, createSealer(SECRET))).searchParams.get('elicitation')
  const token = link()
  const uses = await Promise.all([...pages, ...pages].map(page => page.use(token, ALICE)))
  t.strictSame(uses.map(checked => checked.ok ? 'ok' : checked.reason).sort(), ['ok', 'used', 'used', 'used'])
  await redis.kill()
  await until(async () => JSON.stringify(await pages[0]?.use(link(), ALICE)) === '{"ok":false,"reason":"unavailable"}')
  await redis.restart()
  await until(async () => (await pages[0]?.use(link(), ALICE))?.ok === true)
})

t.test('a page hears when Redis goes away and is back, and does not start without it', async t => {
  const lines: string[] = []
  const log = { info: (_fields: object, text: string) => lines.push(text), warn: (_fields: object, text: string) => lines.push(text) }
  const { port, drop } = await startStandIn(t, () => ':0')
  const spent = await openSpent({ url: `redis://127.0.0.1:${port}`, ...PATIENT, retryMs: 20 }, 'page', log)
  t.equal(await spent.spend(STATE, 0), true)
  drop()
  await until(() => lines.length === 2)
  t.strictSame(lines, ['Redis cannot be used: no link counts until it is back', 'Redis is back: links count again'])
  await spent.close()
  await t.rejects(openSpent({ url: 'redis://:hunter2@127.0.0.1:1', ...PATIENT }, 'page', log), { message: 'Redis at 127.0.0.1:1 cannot be used: nothing listens at this address. Several processes of a page need it, since each would accept a link once' })
})
