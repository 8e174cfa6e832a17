import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../support/ports.ts'
import { until } from '../support/wire.ts'
import { dist, run, start, whoami, type Running } from './built-server.ts'

// Each test has processes and ports of its own, and waits for them most of the time.
t.jobs = 3

/** The ids of the processes that logged that they are ready. */
function workers (output: string): number[] {
  return output.split('\n').filter(line => line.includes('ready for connections')).map(line => JSON.parse(line).pid)
}

/** A server with two workers that both answer. They end with the test. */
async function startTwo (t: Test, folder = dist, env = {}): Promise<Running & { pids: readonly [number, number] }> {
  const running = await start(t, { WORKERS: '2', ...env }, folder)
  await until(() => workers(running.output()).length === 2, running.output)
  const pids = workers(running.output()) as [number, number]
  t.teardown(() => pids.filter(runs).forEach(pid => process.kill(pid, 'SIGKILL')))
  return { ...running, pids }
}

function runs (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

t.test('WORKERS=2: two processes serve one port, one that dies is replaced, all end together', async t => {
  const { url, issuer, stop, output } = await start(t, { WORKERS: '2', REQUIRED_ORGS: 'org_1' })
  await until(() => workers(output()).length === 2, output)
  const statuses = await Promise.all(Array.from({ length: 20 }, () => whoami(url, issuer.token()).then(({ status }) => status)))
  t.strictSame(new Set(statuses), new Set([200]))

  process.kill(workers(output())[0] as number, 'SIGKILL')
  await until(() => workers(output()).length === 3, output)
  t.equal((await whoami(url, issuer.token())).status, 200)
  t.equal(output().split('REQUIRED_ORGS is no setting').length - 1, 1, 'one worker warns of the settings')
  t.equal(await stop(), 0)
})

t.test('workers that hang or cannot start', { jobs: 4 }, async t => {
  t.test('kills a worker that hangs two seconds after its grace, and ends with 1', async t => {
    const { stop, output, pids: [stuck, other] } = await startTwo(t, dist, { SHUTDOWN_GRACE: '1' })
    process.kill(stuck, 'SIGSTOP')
    const before = Date.now()

    t.equal(await stop(), 1)
    t.ok(Date.now() - before > 2900, 'it is waited for')
    t.match(output(), `worker ${stuck} did not end within 3 s and is killed`)
    t.notMatch(output(), `worker ${other}`)
    t.strictSame([stuck, other].filter(runs), [])
  })

  t.test('kills a worker that hangs at the second signal', async t => {
    const { stop, pids } = await startTwo(t)
    process.kill(pids[0], 'SIGSTOP')
    const ended = stop()
    await new Promise(resolve => setTimeout(resolve, 1200))

    stop()
    t.equal(await ended, 1)
    await until(() => !pids.some(runs), () => 'a worker still runs')
  })

  t.test('tries four times, at growing intervals, to replace a worker that cannot start, and ends with 1', async t => {
    const folder = t.testdir()
    const { output, exit, pids } = await startTwo(t, folder)
    writeFileSync(join(folder, '.env'), 'CLOCK_TOLERANCE=nonsense\n')
    pids.forEach(pid => process.kill(pid, 'SIGKILL'))
    await until(() => output().includes('giving up'), output)

    t.equal(await exit, 1)
    t.strictSame(output().match(/(?<=starts within )\S+/g), ['0.5', '0.5', '1', '2', '4'])
    t.equal(output().match(/CLOCK_TOLERANCE: found "nonsense"/g)?.length, 4)
    t.match(output(), /ended with 1; giving up, as no worker runs and the last 4 did not start\n$/)
  })

  t.test('replaces all workers once they can start again, and does not delay the end by a wait for one', async t => {
    const folder = t.testdir()
    const { output, stop, pids } = await startTwo(t, folder)
    const file = join(folder, '.env')
    writeFileSync(file, 'CLOCK_TOLERANCE=nonsense\n')
    pids.forEach(pid => process.kill(pid, 'SIGKILL'))
    await until(() => output().includes('within 1 s'), output)
    writeFileSync(file, '')
    await until(() => workers(output()).length === 4, output)

    writeFileSync(file, 'CLOCK_TOLERANCE=nonsense\n')
    process.kill(workers(output())[2] as number, 'SIGKILL')
    await until(() => output().split('within 2 s').length === 2, output)
    t.equal(await stop(), 0)
  })
})

for (const state of ['the first worker starts', 'the others start']) {
  t.test(`SIGTERM while ${state} ends all with 0, and quietly`, async t => {
    const hello = '--import data:text/javascript,console.log(1)'
    const { child, output, exit } = run(t, { AUTH0_DOMAIN: 'http://127.0.0.1:1/', PORT: String(await freePort()), WORKERS: '4', NODE_OPTIONS: hello, LOG_LEVEL: 'fatal' })
    const processes = state === 'the others start' ? 3 : 2
    await until(() => output().split('\n').length > processes, output)
    child.kill('SIGTERM')

    t.equal(await exit, 0)
    t.match(output(), /^(1\n)+$/)
  })
}

for (const count of [1, 2]) {
  t.test(`WORKERS=${count}: idle connections that take all file descriptors shut nobody out`, { skip: process.platform !== 'linux' }, async t => {
    const { url, issuer, output } = await start(t, { WORKERS: String(count) }, dist, ['sh', '-c', 'ulimit -n 64 && exec "$0" "$@"'])
    await until(() => workers(output()).length === count, output)
    const sockets: Socket[] = []
    t.teardown(() => sockets.forEach(socket => socket.destroy()))
    // Some at a time: of many at once the system closes most, and they never reach a worker.
    await until(() => {
      for (let i = 0; i < 20; i++) sockets.push(connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}))
      return output().includes('"reason":"too_many_connections"')
    }, output, 50)

    await until(() => whoami(url, issuer.token()).then(({ status }) => status === 200, () => false), output, 50)
    issuer.rotate()
    t.equal((await whoami(url, issuer.token())).status, 200, 'the keys can be fetched')
  })
}

t.test('the first process goes on although nobody reads its messages any more', async t => {
  const { child, url, issuer, output, pids } = await startTwo(t)
  child.stderr.destroy()
  pids.forEach(pid => process.kill(pid, 'SIGKILL'))
  await until(() => workers(output()).length === 4, output)
  t.equal((await whoami(url, issuer.token())).status, 200)
})
