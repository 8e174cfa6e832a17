import t from 'tap'
import { fault } from '../../metrics/listener.ts'
import { createSum } from '../../metrics/sum.ts'
import { measured, series } from '../support/metrics.ts'

t.test('sums over processes never fall, and gauges count running processes only', async t => {
  const [one, two] = [await measured(t), await measured(t)]
  for (const { whoami, issuer } of [one, two]) await whoami(issuer.token())
  const sum = createSum()
  const [first, second] = [await one.app.metricsSnapshot?.() ?? [], await two.app.metricsSnapshot?.() ?? []]
  const operations = async () => series(await sum.text()).get('mcp_server_operation_duration_seconds_count{era="2025-03-26",method="tools/call",outcome="ok",tool="whoami"}')
  const processes = async () => series(await sum.text()).get('mcp_server_processes')
  sum.set(1, JSON.parse(JSON.stringify(first)))
  sum.set(2, JSON.parse(JSON.stringify(second)))
  t.strictSame([await operations(), await processes()], [2, 2])
  sum.remove(1)
  t.strictSame([await operations(), await processes()], [2, 1])
  sum.set(3, first)
  t.strictSame([await operations(), await processes()], [3, 2])
  for (const id of [3, 2, 9]) sum.remove(id)
  t.equal(await operations(), 3)
  t.match(fault({ code: 'EACCES', message: '' }, { host: '127.0.0.1', port: 80 }), /may not listen on port 80\. Set METRICS_PORT to 1024 or above/)
  t.equal(fault({ code: 'EMFILE', message: 'too many open files' }, { host: '127.0.0.1', port: 80 }), 'METRICS_PORT: too many open files')
})
