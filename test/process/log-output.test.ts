import t from 'tap'
import { logOutput } from '../../process/log-output.ts'

const full = (): never => { throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }) }
const busy = (): never => { throw Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' }) }

/** An output, each of whose writes takes a number of bytes or fails. */
function output (...writes: Array<number | (() => never)>) {
  const told: string[] = []
  let text = ''
  const { write } = logOutput(message => told.push(message), bytes => {
    const next = writes.shift() ?? bytes.length
    if (typeof next === 'function') return next()
    text += Buffer.from(bytes.subarray(0, next)).toString()
    return next
  })
  return { told, write, text: () => text }
}

t.test('a line that cannot be written is lost, and the operator is told once, and again when lines are written', async t => {
  const { told, write, text } = output(3, full, full)
  for (const line of ['one\n', 'two\n', 'three\n', 'four\n', 'five\n']) write(line)
  t.strictSame(told, [
    'The log cannot be written, and its lines are lost until it can: ENOSPC: no space left on device, write',
    'The log is written again; 2 lines were lost'
  ])
  t.equal(text(), 'one\nthree\nfour\nfive\n', 'a line that was cut ends before the next one')
})

t.test('waits for a pipe that is full, and writes a long line in parts', async t => {
  const { told, write, text } = output(busy, 2, busy)
  write('äöü\n')
  t.equal(text(), 'äöü\n')
  t.strictSame(told, [])
})

t.test('writes to standard output', async t => {
  const told: string[] = []
  // A comment in TAP.
  logOutput(message => told.push(message)).write('# a line of the log\n')
  t.strictSame(told, [])
})
