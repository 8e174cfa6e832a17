import cluster, { type Worker } from 'node:cluster'
import t, { type Test } from 'tap'
import { openMetrics } from '../../metrics/open.ts'
import type { Snapshot } from '../../metrics/snapshot.ts'
import { metricsOfWorkers } from '../../metrics/workers.ts'
import { series } from '../support/metrics.ts'

function counted (value: number): Snapshot {
  return [{ name: 'calls_total', help: 'Calls', type: 'counter', aggregator: 'sum', values: [{ value, labels: {} }] }] as unknown as Snapshot
}

/** A worker as the primary sees it: it answers with what it counted, or not at all. */
function worker (id: number, answer: () => number | undefined): Worker {
  const worker = {
    id,
    isConnected: () => true,
    send ({ metrics }: { metrics: number }) {
      const value = answer()
      if (value !== undefined) setImmediate(() => cluster.emit('message', worker, { metrics, snapshot: counted(value) }))
    }
  } as unknown as Worker
  return worker
}

t.test('the primary asks each worker, keeps the last figures of a silent one, and those of a dead one', async t => {
  const before = cluster.workers
  t.teardown(() => { Object.assign(cluster, { workers: before }) })
  let calls: number | undefined = 5
  const [one, two] = [worker(1, () => calls), worker(2, () => 7)]
  Object.assign(cluster, { workers: { 1: one, 2: two } })
  const text = metricsOfWorkers()
  const sum = async () => series(await text()).get('calls_total')

  t.equal(await sum(), 12)
  calls = 6
  t.equal(await sum(), 13)
  calls = undefined
  t.equal(await sum(), 13, 'a worker that does not answer within a second keeps its last figures')
  cluster.emit('message', one, { metrics: 0, snapshot: counted(9) })
  cluster.emit('message', one, { other: 'message' })
  Object.assign(cluster, { workers: { 2: two } })
  cluster.emit('exit', one)
  t.equal(await sum(), 16, 'the last figures of a worker that ended')
  Object.assign(cluster, { workers: undefined })
  t.equal(await sum(), 16)
})

t.test('a worker answers its primary, and gives its last figures when it ends', async t => {
  const sent = beWorker(t)
  const end = await openMetrics({ host: '127.0.0.1', port: 1 }, () => {}, async () => counted(3))
  process.emit('message', { metrics: 4 }, undefined)
  process.emit('message', { another: 1 }, undefined)
  await end()
  t.strictSame(sent, [{ metrics: 4, snapshot: counted(3) }, { metrics: 0, snapshot: counted(3) }])
  Object.assign(process, { connected: false })
  await end()
  t.equal(sent.length, 2, 'without a primary, nothing is sent')
})

t.test('a worker whose figures cannot be read answers nothing, and goes on', async t => {
  const sent = beWorker(t)
  // This happens when the process may open no more files, because callers hold too many connections.
  const end = await openMetrics({ host: '127.0.0.1', port: 1 }, () => {}, async () => { throw new Error('EMFILE') })
  process.emit('message', { metrics: 4 }, undefined)
  await end()
  t.strictSame(sent, [])
})

/** Makes this process a worker until the test ends. Returns the messages that it sends to its primary. */
function beWorker (t: Test): unknown[] {
  const { send, connected } = process
  const { isWorker } = cluster
  const sent: unknown[] = []
  t.teardown(() => {
    process.removeAllListeners('message')
    Object.assign(process, { send, connected })
    Object.assign(cluster, { isWorker })
  })
  Object.assign(cluster, { isWorker: true })
  Object.assign(process, { connected: true, send: (message: unknown, _handle: unknown, _options: unknown, done?: () => void) => { sent.push(message); done?.() } })
  return sent
}
