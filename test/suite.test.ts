import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { ROOT } from './support/root.ts'

const FOLDER = join(ROOT, 'test')
const tests = readdirSync(FOLDER, { encoding: 'utf8', recursive: true }).filter(file => file.endsWith('.test.ts'))
const starts = tests.filter(file => file.startsWith('all/')).flatMap(file => {
  const [, list = ''] = /runTests\((.*)\)/.exec(readFileSync(join(FOLDER, file), 'utf8')) ?? []
  return list.split(', ').map(start => start.slice(1, -1))
})

t.test('each test file runs once: by itself, or with others in test/all', async t => {
  const { exclude } = parse(readFileSync(join(ROOT, '.taprc'), 'utf8')) as { exclude: string[] }
  t.strictSame([...exclude].sort(), starts.map(start => `test/${start}${start.endsWith('/') ? '**' : '*'}`).sort(), '.taprc excludes what test/all runs')
  for (const start of starts) t.ok(tests.some(file => file.startsWith(start)), start)
  for (const file of tests) t.ok(starts.filter(start => file.startsWith(start)).length < 2, file)
})

t.test('.ci/run explains itself, and takes no arguments', async t => {
  // Without a PATH a run that begins all the same ends at its first step.
  const run = (...args: string[]) => spawnSync('/bin/bash', [join(ROOT, '.ci/run'), ...args], { encoding: 'utf8', env: { PATH: '' } })
  t.match(run('--help'), { status: 0, stdout: /^Usage: .*\n$/, stderr: '' })
  t.match(run('tests'), { status: 2, stdout: '', stderr: /found: tests/ })
})
