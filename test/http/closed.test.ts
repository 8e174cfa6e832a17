import type { ServerResponse } from 'node:http'
import t from 'tap'
import { isCutOff } from '../../http/closed.ts'

t.test('tells an answer that was cut off from one that is out', async t => {
  const answer = (writableFinished: boolean, destroyed: boolean, errored: Error | null) =>
    ({ writableFinished, req: { socket: { destroyed, errored } } }) as unknown as ServerResponse

  t.equal(isCutOff(answer(false, false, null)), false, 'it is on its way')
  t.equal(isCutOff(answer(true, false, null)), false, 'it is out')
  t.equal(isCutOff(answer(true, true, null)), false, 'it is out, and the connection ended in good order')
  t.equal(isCutOff(answer(false, true, null)), true, 'the connection ended before')
  t.equal(isCutOff(answer(true, true, new Error('reset'))), true, 'the connection broke while it went out')
})
