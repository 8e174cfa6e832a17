import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { startIssuer } from '../../../dev/issuer.ts'
import { guardedController } from '../../../mcp/calls/abort.ts'
import { AUDIENCE, call, request } from '../../support/build.ts'
import { TYPESCRIPT } from '../../support/child.ts'
import { logFault } from '../../support/log-check.ts'
import { ROOT } from '../../support/root.ts'

t.test('survives an abort listener that throws when the caller hangs up', async t => {
  const issuer = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] })
  t.teardown(() => issuer.close())
  const child = spawn(process.execPath, [...TYPESCRIPT, join(ROOT, 'test/support/tools/careless.ts')], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], AUTH0_DOMAIN: issuer.url },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', chunk => { output += chunk })
  const said = async (text: string): Promise<void> => {
    while (!output.includes(text)) await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(([code]) => { throw new Error(`exit code ${code}`) })])
  }
  await said('http://')
  const url = `${/http:\S+/.exec(output)?.[0]}/mcp`
  const post = (body: object, signal?: AbortSignal) => fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${issuer.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal })
  })

  const controller = new AbortController()
  const hungUp = t.rejects(post(call('careless'), controller.signal))
  await said('started')
  controller.abort()
  await hungUp
  for (const fault of ['a listener threw', 'a listener rejected', 'an object threw', 'onabort threw']) {
    await said(fault)
    t.equal((await post(request('ping'))).status, 200, `alive although ${fault}`)
  }
  t.strictSame(output.split('\n').filter(line => line.startsWith('{')).flatMap(logFault), [])
})

t.test('passes on the error that a listener throws', async t => {
  const errors: unknown[] = []
  const controller = guardedController(error => errors.push((error as Error).message))
  controller.signal.addEventListener('abort', () => { throw new Error('thrown') })
  controller.signal.addEventListener('abort', async () => { throw new Error('rejected') })
  controller.signal.addEventListener('abort', { handleEvent () { throw new Error('object') } })
  controller.abort()
  await new Promise(resolve => setImmediate(resolve))
  t.strictSame(errors, ['thrown', 'object', 'rejected'])
})

t.test('does not call a removed listener, and calls one once that was added twice', async t => {
  const controller = guardedController(error => { t.fail(String(error)) })
  const { signal } = controller
  const called: unknown[] = []
  const listener = function (this: unknown, { type }: Event): void { called.push(type, this === signal) }
  const removed = (): void => { called.push('removed') }
  signal.addEventListener('abort', listener)
  signal.addEventListener('abort', listener)
  signal.addEventListener('abort', null as never)
  signal.addEventListener('abort', removed)
  signal.removeEventListener('abort', removed)
  signal.removeEventListener('abort', () => {})
  signal.removeEventListener('abort', null as never)
  controller.abort(new Error('why'))
  t.strictSame(called, ['abort', true])
  t.match(signal.reason, { message: 'why' })
})
