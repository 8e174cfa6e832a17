import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { ROOT } from '../support/root.ts'

t.test('npm run dev ends at an option that it does not know', async t => {
  for (const [arg, fault] of [['--frehs', "Unknown option '--frehs'"], ['fresh', "Unexpected argument 'fresh'"]] as const) {
    const child = watch(t, [arg])
    const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    t.equal(code, 1)
    t.ok(message.startsWith(`Cannot start: ${fault}`) && message.endsWith('\nThe options are --fresh and --example.\n'), message)
  }
})

t.test('npm run dev passes its options on to the process that it watches', async t => {
  const child = watch(t, ['--fresh', '--example'], { AUTH0_DOMAIN: 'tenant.eu.auth0.com' })
  let message = ''
  for await (const chunk of child.stderr) {
    message += chunk
    if (message.includes('--example')) break
  }
  t.match(message, 'AUTH0_DOMAIN: found a tenant, expected none with --example')
  const closed = once(child, 'close')
  child.kill()
  await closed
})

/** The process of `npm run dev`. */
function watch (t: Test, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['dev/watch.mjs', ...args], { cwd: ROOT, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(() => child.kill())
  return child
}
