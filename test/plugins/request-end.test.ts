import t from 'tap'
import { build, request } from '../support/build.ts'

t.test('an observer that throws neither ends the process nor hides the end of a request from the others', async t => {
  const { app, issuer, logs, post } = await build(t)
  const told: number[] = []
  app.observe({ ended () { throw new Error('from an observer') } })
  app.observe({ ended ({ status }) { told.push(status) } })
  t.equal((await post(request('ping'), issuer.token())).statusCode, 200)

  t.strictSame(told, [200])
  t.equal(app.load.requests, 0)
  t.match(logs.find(({ msg }) => msg === 'an observer of the end of a request failed'), { err: { message: 'from an observer' }, reqId: /-/ })
})
