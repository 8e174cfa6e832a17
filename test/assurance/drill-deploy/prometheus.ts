import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../support/ports.ts'
import { ROOT } from '../../support/root.ts'

/** The running Prometheus, to be asked. */
export interface Prometheus {
  /** The values of an expression now, one for each series. */
  query (expr: string): Promise<number[]>
  /** The last error of each rule; empty if all can be evaluated. */
  ruleFaults (): Promise<string[]>
  stop (): Promise<void>
}

const START_MS = 30_000

/** Starts Prometheus with the files of deploy/prometheus/, in which only targets and interval are others. */
export async function startPrometheus (folder: string, targets: readonly number[]): Promise<Prometheus | undefined> {
  if (spawnSync('prometheus', ['--version']).error !== undefined) return undefined
  const [rules, port] = [join(ROOT, 'deploy/prometheus'), await freePort()]
  const config = readFileSync(join(rules, 'prometheus.yml'), 'utf8')
    .replace('scrape_interval: 15s', 'scrape_interval: 1s\n  evaluation_interval: 1s')
    .replace('/etc/prometheus', rules)
    .replace("['server:9464']", JSON.stringify(targets.map(target => `127.0.0.1:${target}`)))
  writeFileSync(join(folder, 'prometheus.yml'), config)
  const child = spawn('prometheus', [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/prometheus`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'], { stdio: 'inherit' })
  const exit = once(child, 'exit')
  const ask = async (path: string): Promise<any> => (await fetch(`http://127.0.0.1:${port}${path}`)).json()
  for (const end = Date.now() + START_MS; await fetch(`http://127.0.0.1:${port}/-/ready`).then(({ status }) => status, () => 0) !== 200;) {
    if (child.exitCode !== null || Date.now() > end) throw new Error('Prometheus did not start')
    await sleep(50)
  }
  return {
    async query (expr) {
      const { status, error, data } = await ask(`/api/v1/query?query=${encodeURIComponent(expr)}`)
      if (status !== 'success') throw new Error(`${expr}: ${error}`)
      return data.result.map(({ value }: { value: [number, string] }) => Number(value[1]))
    },
    async ruleFaults () {
      const { data } = await ask('/api/v1/rules')
      return data.groups.flatMap(({ rules }: { rules: Array<{ name: string, lastError?: string }> }) => rules.filter(({ lastError }) => lastError).map(({ name, lastError }) => `${name}: ${lastError}`))
    },
    async stop () {
      child.kill()
      await exit
    }
  }
}
