import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { mostConnections } from '../../http/most-connections.ts'

t.test('half of the file descriptors are for connections, if the system tells how many there are', async t => {
  const limits = join(t.testdir(), 'limits')
  const rows: ReadonlyArray<readonly [string, number]> = [['1048576', 8192], ['16384', 8192], ['1024', 512], ['64', 32], ['1', 1], ['unlimited', 8192]]
  for (const [soft, most] of rows) {
    writeFileSync(limits, `Max processes             31402                31402                processes \nMax open files            ${soft.padEnd(20)} 1048576              files     \n`)
    t.equal(mostConnections(limits), most, soft)
  }
  t.equal(mostConnections(join(limits, 'none')), 8192)
})
