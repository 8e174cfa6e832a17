import t from 'tap'
import { parseSettings } from '../../process/env-file.ts'

t.test('a setting of .env counts whatever blanks and comments stand around it', async t => {
  for (const text of [
    'A=1\nB=2', 'A =1\nB= 2 ', '\tA=1\n\tB=2', 'A\t=1\nB=\t2\t', '  # note\n\nA=1\nB=2', 'A=1\n \nB=2', 'A=1\n\t\nB=2', 'A=1\n  # note\n\nB=2',
    'export  A=1\nexport\tB=2', 'A="1" # one\nB=`2`', "A='1'# one\nB=2 # two", 'A=\nA=1\nB=2\nB= 2'
  ]) t.strictSame({ ...parseSettings(text) }, { A: '1', B: '2' }, JSON.stringify(text))
})

t.test('an empty value of .env leaves the next line alone', async t => {
  for (const value of ['', ' ', '\t', ' # none', '""', ' "" # none', "''"]) {
    t.strictSame({ ...parseSettings(`LOG_LEVEL=${value}\nALLOW_M2M=false\n`) }, { LOG_LEVEL: '', ALLOW_M2M: 'false' }, JSON.stringify(value))
  }
})

t.test('a quoted value of .env may have several lines, blanks and names in it', async t => {
  t.strictSame({ ...parseSettings('A="x\n B=1\n" # c\nC=\' # \'\nD="a\\nb"') }, { A: 'x\n B=1\n', C: ' # ', D: 'a\nb' })
})

t.test('a name with two values in .env is refused, and so is a line that is no setting', async t => {
  for (const [text, line] of [['A=1\nA=2', 2], ['A=1\nA=', 2], ['A\n', 1], ['A=1\nB: 2', 2], ['A="1', 1], ['A="1"2', 1], ['A=\u00a0"1', 1], ['A=\f`1', 1], ['=1', 1]] as const) {
    t.throws(() => parseSettings(text), { message: new RegExp(`line ${line}\\b`) }, JSON.stringify(text))
  }
})
