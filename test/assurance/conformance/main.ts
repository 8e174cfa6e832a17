// Runs the official conformance suite against the real server, with real tokens, at every revision: `npm run
// conformance`. Fails if a check fails that no baseline names, if a baseline names a check that does not exist or does
// not fail, and if fewer checks pass than before.
import { LEGS, readBaseline, type Leg } from './legs.ts'
import { startTarget } from './server.ts'
import { runSuite, type Check } from './suite.ts'

const target = await startTarget()
const results = await Promise.all(LEGS.map(leg => run(leg)))
await target.close()

const passed = results.reduce((sum, result) => sum + result.passed, 0)
const faults = results.flatMap(result => result.faults)
for (const fault of faults) console.log(fault)
console.log(`${passed} passed, ${faults.length} failed`)
process.exitCode = faults.length === 0 ? 0 : 1

async function run ({ name, commands, initialize, baseline, floor }: Leg): Promise<{ passed: number, faults: string[] }> {
  const excused = baseline === undefined ? [] : await readBaseline(baseline)
  const runs = await Promise.all(commands.map(command => runSuite(target.url, command, initialize)))
  const checks = runs.flatMap(({ checks }) => checks)
  const passed = count(checks, 'SUCCESS')
  console.log(`${name}: ${passed} passed, ${count(checks, 'FAILURE')} failed, ${count(checks, 'WARNING')} warnings, ${count(checks, 'SKIPPED')} skipped; ${excused.length} excused`)

  const names = new Set(checks.map(({ name }) => name))
  const failed = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
  const failedNames = new Set(failed.map(({ name }) => name))
  const faults = [
    ...failed.filter(({ name }) => !excused.includes(name)).map(({ name, error = '' }) => `${name}: ${error}`),
    ...excused.filter(name => !names.has(name)).map(name => `the baseline names ${name}, which did not run`),
    ...excused.filter(name => names.has(name) && !failedNames.has(name)).map(name => `the baseline names ${name}, which does not fail`),
    ...(target.spoken.has(name) ? [] : ['nobody spoke this revision']),
    ...(passed < floor ? [`only ${passed} checks passed, there were ${floor}`] : [])
  ]
  // The suite's own verdict comes last, for faults that this script does not see.
  if (faults.length === 0) faults.push(...runs.filter(({ passed }) => !passed).map(({ output }) => `the suite failed:\n${output}`))
  return { passed, faults: faults.map(fault => `${name}: ${fault}`) }
}

function count (checks: readonly Check[], wanted: Check['status']): number {
  return checks.filter(({ status }) => status === wanted).length
}
