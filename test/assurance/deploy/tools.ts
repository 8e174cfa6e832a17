import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../support/root.ts'
import { report } from './report.ts'

/** Of 10 points; `systemd-analyze security` calls up to 2.4 "OK". */
const MAX_EXPOSURE = 2

/** Asks the programs that the files are for. */
export function checkWithTools (folder: string): void {
  const unit = join(folder, 'mcp-server.service')
  // The path of node is another one here, and a program that is not there is a fault.
  writeFileSync(unit, readFileSync(join(ROOT, 'deploy/systemd/mcp-server.service'), 'utf8').replace('/usr/bin/node', process.execPath))

  run('promtool', ['check', 'rules', 'deploy/prometheus/alerts.yaml'])
  run('promtool', ['check', 'config', '--syntax-only', 'deploy/prometheus/prometheus.yml'])
  run('promtool', ['test', 'rules', 'test/assurance/deploy/alerts.yaml'])
  run('systemd-analyze', ['verify', unit])
  run('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], output => Number(/exposure level [^:]*: ([\d.]+)/.exec(output)?.[1] ?? 10) <= MAX_EXPOSURE)
  run('kubectl', ['kustomize', 'deploy/kubernetes'], output => output.split('\n---\n').length === 7)

  function run (program: string, args: readonly string[], isRight = (_output: string) => true): void {
    const what = [program, ...args].join(' ').replace(`${folder}/`, 'deploy/systemd/')
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' })
    if (error !== undefined) return report(what, undefined, `${program} is not installed`)
    // systemd-analyze warns and ends with 0.
    const isFine = status === 0 && (program !== 'systemd-analyze' || stderr === '') && isRight(stdout)
    report(what, isFine ? '' : `${status} ${stdout}${stderr}`)
  }
}
