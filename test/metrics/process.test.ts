import t from 'tap'
import type { Read } from '../../metrics/collector.ts'
import { collectProcess, openFiles } from '../../metrics/process.ts'

t.test('open files are left out where the system does not count them', async t => {
  t.strictSame(openFiles('/nowhere'), [])
  t.equal(openFiles('/').length, 1)
  t.strictSame(openFiles(process.execPath), [], 'as when no file is left to read them with')
})

t.test('leaves out only resident memory where the system does not report it', async t => {
  const figures = new Map<string, Read>()
  collectProcess({
    total: (name, _help, _labels, read) => { figures.set(name, read) },
    gauge: (name, _help, _labels, _aggregator, read) => { figures.set(name, read) }
  })
  const { rss } = process.memoryUsage
  t.teardown(() => { process.memoryUsage.rss = rss })
  const resident = (): unknown => figures.get('process_resident_memory_bytes')?.()
  t.match(resident(), [[{}, Number]])
  process.memoryUsage.rss = () => { throw new Error('no file is left to read it with') }
  t.strictSame(resident(), [])
  t.match(figures.get('nodejs_heap_size_used_bytes')?.(), [[{}, Number]])
})
