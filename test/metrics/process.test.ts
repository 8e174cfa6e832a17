import t from 'tap'
import { openFiles } from '../../metrics/process.ts'

t.test('open files are left out where the system does not count them', async t => {
  t.strictSame(openFiles('/nowhere'), [])
  t.equal(openFiles('/').length, 1)
  t.strictSame(openFiles(process.execPath), [], 'as when no file is left to read them with')
})
