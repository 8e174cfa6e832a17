import t, { type Test } from 'tap'
import { shareLimits } from '../../../limits/redis/share.ts'
import type { Approvals } from '../../../limits/spent.ts'
import { startRedis, startStandIn, withoutRedis } from '../../support/redis.ts'
import { until } from '../../support/wire.ts'

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

t.test('nothing is told about an approval while Redis is away', async t => {
  let reply = ':0'
  const { port, drop } = await startStandIn(t, () => reply)
  const approvals = await open(t, port)
  t.equal(await approvals.spend(STATE, 0), true)
  reply = ':1'
  t.equal(await approvals.spend(STATE, 0), false)
  drop()
  await until(async () => await approvals.spend(STATE, 0) === undefined)
})
