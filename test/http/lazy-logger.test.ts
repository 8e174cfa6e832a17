import t from 'tap'
import { lazyLogger } from '../../http/lazy-logger.ts'
import { build } from '../support/build.ts'

t.test('gives a request a logger with its id on first use', async t => {
  const { app, logs } = await build(t)
  const log = lazyLogger(app.log, { reqId: 'r1' })
  log.info({ a: 1 }, 'heard')
  log.child({ b: 2 }).warn('heard too')

  t.match(logs.filter(({ reqId }) => reqId === 'r1'), [{ a: 1, msg: 'heard' }, { b: 2, msg: 'heard too' }])
})
