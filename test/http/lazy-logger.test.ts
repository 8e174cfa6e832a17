import t from 'tap'
import { build } from '../support/build.ts'

t.test('gives a request a logger on first use, and its children have what it has', async t => {
  const { app: { log }, logs } = await build(t)
  let reads = 0
  const request = log.child({ get reqId () { return `r${++reads}` } })
  t.equal(reads, 0, 'the server makes its children lazily')
  request.info({ a: 1 }, 'heard')
  request.child({ b: 2 }).child({ c: 3 }).warn('heard too')
  request.error('heard last')
  t.equal(reads, 1)

  t.match(logs.filter(({ reqId }) => reqId === 'r1'), [{ a: 1, msg: 'heard' }, { b: 2, c: 3, msg: 'heard too' }, { msg: 'heard last' }])
  t.notOk(Object.hasOwn(logs.at(-1) as object, 'b'))
})
