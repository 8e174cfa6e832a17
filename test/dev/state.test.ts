import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fileState, memoryState, type State } from '../../dev/state.ts'
import type { Test } from '../support/build.ts'
import { ROOT } from '../support/root.ts'

const known = memoryState().pair

interface Kept {
  readonly path: string
  readonly messages: string[]
  open (fresh?: boolean): State
}

function keep (t: Test & { testdir: (content?: Record<string, string>) => string }, content?: string): Kept {
  const path = join(t.testdir(content === undefined ? {} : { 'state.json': content }), 'state.json')
  const messages: string[] = []
  return { path, messages, open: (fresh = false) => fileState(path, { fresh, tell: message => { messages.push(message) } }) }
}

t.test('F-D1 keeps key, cookies and entries in a file that only its owner can read', async t => {
  const { path, messages, open } = keep(t)
  const first = open()
  t.equal(existsSync(path), false, 'nothing is written before the first save')
  first.entries.set('Client:a', { payload: { clientId: 'a' }, expires: null }).set('Session:b', { payload: { uid: 'b' }, expires: 1e15 })
  first.save()
  if (process.platform !== 'win32') t.equal(statSync(path).mode & 0o777, 0o600)

  const second = open()
  t.strictSame([second.pair.kid, second.cookieKey, [...second.entries]], [first.pair.kid, first.cookieKey, [...first.entries]])
  t.ok(second.pair.publicKey.equals(first.pair.publicKey))
  t.strictSame(messages, [])
  t.strictSame(readdirSync(join(path, '..')), ['state.json'], 'no other file is left')
  t.match(readFileSync(join(ROOT, '.gitignore'), 'utf8'), /^\.dev-issuer-\*\.json\*$/m, 'git ignores the file of "npm run dev"')
})

t.test('removes the rights of other users from the file', { skip: process.platform === 'win32' && 'Windows has no modes' }, async t => {
  const { path, open } = keep(t)
  open().save()
  chmodSync(path, 0o644)
  open().save()
  t.equal(statSync(path).mode & 0o777, 0o600)
})

t.test('F-D1 forgets everything with --fresh', async t => {
  const { open } = keep(t)
  const first = open()
  first.entries.set('Client:a', { payload: { clientId: 'a' }, expires: null })
  first.save()
  const fresh = open(true)
  t.not(fresh.pair.kid, first.pair.kid)
  t.equal(fresh.entries.size, 0)
})

t.test('--fresh forgets once, and not again when the watcher restarts the process', async t => {
  const { path, open } = keep(t)
  const { npm_lifecycle_event: event = '' } = process.env
  t.teardown(() => { process.env['npm_lifecycle_event'] = event })
  const first = open(true)
  first.save()
  process.env['npm_lifecycle_event'] = 'dev'
  t.equal(open(true).pair.kid, first.pair.kid, 'the same parent started it')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), startedBy: 1e9 }))
  t.not(open(true).pair.kid, first.pair.kid, 'another one did')
})

t.test('warns that the file cannot be used, and starts fresh', async t => {
  const good = { kid: known.kid, key: known.privateKey.export({ format: 'jwk' }), cookieKey: 'c', entries: [] }
  const corrupt = ['', '{', 'null', '[]', '{}', ...[
    { kid: 1 }, { key: null }, { key: { kty: 'RSA' } }, { key: { kty: 'oct', k: 'AA' } }, { cookieKey: null }, { entries: null }, { entries: [1] }, { entries: [['a', null]] }, { entries: [['a', { payload: null, expires: 1 }]] }, { entries: [['a', { payload: {}, expires: 'x' }]] }, { entries: [[1, { payload: {}, expires: 1 }]] }
  ].map(fault => JSON.stringify({ ...good, ...fault }))]
  for (const [i, content] of corrupt.entries()) {
    await t.test(`a damaged file, form ${i}`, async t => {
      const { path, messages, open } = keep(t, content)
      const state = open()
      t.match(messages, [/^.*state\.json cannot be used \(.+\): starting with a new key and no clients$/], content)
      t.equal(messages.length, 1)
      state.save()
      t.equal(open().pair.kid, state.pair.kid, 'the new one is kept')
      t.ok(readFileSync(path, 'utf8').includes(state.pair.kid))
    })
  }
  t.equal(keep(t, JSON.stringify(good)).open().pair.kid, known.kid, 'the good one that they differ from')
})

t.test('warns once that the file cannot be written, and continues', async t => {
  const messages: string[] = []
  const state = fileState(join(t.testdir(), 'none', 'state.json'), { fresh: false, tell: message => { messages.push(message) } })
  state.save()
  state.save()
  t.equal(messages.length, 1)
  t.match(messages[0], /cannot be written \(ENOENT.*\): logins will not survive a restart$/)
})
