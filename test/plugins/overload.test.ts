import t from 'tap'
import { build, call } from '../support/build.ts'
import { until } from '../support/wire.ts'

/** Keeps the event loop busy, a piece at a time, until it is told to stop. */
function keepBusy (ms: number): () => void {
  let next: NodeJS.Immediate
  const busy = (): void => {
    for (const end = performance.now() + ms; performance.now() < end;);
    next = setImmediate(busy)
  }
  busy()
  return () => clearImmediate(next)
}

t.test('refuses new work with 503 while the event loop is late, and answers health checks', async t => {
  const { app, issuer, logs, whoami } = await build(t, { overload: { maxDelay: 30, interval: 10 } })
  const token = issuer.token()
  t.equal((await whoami(token)).statusCode, 200)

  const stop = keepBusy(50)
  await until(() => logs.some(({ msg }) => msg === 'the server is overloaded and refuses requests'))
  const [refused, unchecked, live, ready] = await Promise.all([whoami(token), app.inject({ method: 'POST', url: '/mcp', payload: call('whoami') }), app.inject('/health/live'), app.inject('/health/ready')])
  stop()

  t.match(refused, { statusCode: 503, headers: { 'retry-after': '2' } })
  t.notOk(refused.headers['www-authenticate'], 'nobody has to log in')
  t.strictSame(refused.json(), { error: 'temporarily_unavailable', error_description: 'The server is busy; try again later' })
  t.equal(unchecked.statusCode, 503, 'before the token is looked at')
  t.strictSame([live.statusCode, ready.statusCode], [200, 200])
  t.match(logs.find(({ reason }) => reason === 'overloaded'), { status: 503, hint: /WORKERS/ })
  await until(async () => (await whoami(token)).statusCode === 200)
})

t.test('accepts new work after a single late turn of the event loop', async t => {
  const { issuer, whoami } = await build(t, { overload: { maxDelay: 200, interval: 300 } })
  t.equal((await whoami(issuer.token())).statusCode, 200)
  for (const end = performance.now() + 900; performance.now() < end;);
  await new Promise(resolve => setTimeout(resolve, 1))
  t.equal((await whoami(issuer.token())).statusCode, 200)
})
