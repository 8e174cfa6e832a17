import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { MAX_HELD, median } from './load.ts'
import { install, machineName, PINNED, session, verifyCost } from './machine.ts'
import { measure, memory, startTimes } from './measure.ts'
import { readOptions, USAGE, type Bench, type Options } from './options.ts'
import { commitOf, rowsOf, rowsOfRounds, toJson, type Report, type Row } from './report.ts'
import { allServers, type Server } from './servers.ts'
import { details, summary } from './tables.ts'
import { tails } from './tail.ts'
import { roundWorkloads, takesPart, type Workload } from './workloads.ts'

const ROOT = resolve(import.meta.dirname, '..')
// This build as W5 and `workers` need it: they come with it.
const VARIANTS = ['ours-tools', 'ours-1', 'ours-2']

const options = readArguments()
if (options === undefined) process.stdout.write(USAGE)
else await session(tokens => run({ ...options, tokens }, options))

async function run (bench: Bench, options: Options): Promise<void> {
  const servers = chosen(options)
  if (servers.some(({ kind }) => kind === 'peer')) install('peers')

  const report = await measureAll(bench, options, servers)
  const short = summary(report)
  console.log(`${details(report)}\n\n${short}`)
  mkdirSync(resolve(import.meta.dirname, 'results'), { recursive: true })
  writeFileSync(resolve(import.meta.dirname, `results/${options.name}.json`), toJson(report))
  if (options.write) intoReadme(short)
}

async function measureAll (bench: Bench, options: Options, servers: readonly Server[]): Promise<Report> {
  const workloads = roundWorkloads(bench.tokens)
  const named = (...names: string[]) => servers.filter(({ name }) => names.includes(name))
  const w2b = workloads.find(({ name }) => name === 'w2b') as Workload
  const [w1] = workloads
  const rows: Row[] = []
  const verified: number[] = []

  for (const workload of workloads) {
    const able = servers.filter(server => takesPart(server, workload))
    if (!isWanted(workload.name, able.some(({ kind }) => kind !== 'bare'))) continue
    if (able.some(({ name }) => name === 'ours-tools')) buildManyTools()
    const between = workload.name === 'w3' ? async () => { verified.push(verifyCost()) } : undefined
    add(rowsOfRounds(workload.name, workload.title, await measure(bench, workload, able, between)))
  }

  const once = named('bare-fastify', 'ours', 'build', 'sdk2-fastify', 'sdk2-express')
  if (isWanted('start', once.length > 0)) add(rowsOf('start', 'process start to first answer', 'ms', await startTimes(bench, once)))
  const builds = named('ours', 'build')
  if (isWanted('memory', builds.length > 0)) {
    const marks = options.long ? [1_000_000, 1_200_000] : [60_000]
    const samples = await memory(bench, w2b, builds, marks, options.long ? 1 : Math.ceil(options.starts / 2))
    samples.forEach((sampled, n) => add(rowsOf('memory', `after ${marks[n]} requests`, 'MB', sampled)))
  }
  const tail = w1 !== undefined && isWanted('tail', builds.length > 0) ? await tails(bench, w1, named('bare-fastify', 'ours', 'build')) : []

  const held = median(rows.flatMap(({ load }) => load?.held ?? []))
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machineName(),
    node: process.version,
    ours: commitOf(ROOT),
    build: options.build === undefined ? undefined : commitOf(options.build),
    method: `${options.starts} processes of each server, ${options.rounds} rounds each of ${options.requests} requests on ${options.connections} connections.`,
    isComparable: PINNED && options.profile === undefined && !(held > MAX_HELD),
    held,
    verify: verified.length > 0 ? median(verified) : undefined,
    rows,
    tail
  }

  function add (found: readonly Row[]): void {
    rows.push(...found)
    // Shown at once, in case a later workload fails.
    for (const { label, value, unit, overBare, overBuild } of found) {
      const over = Object.entries({ bare: overBare, 'other build': overBuild }).filter(([, ratio]) => !Number.isNaN(ratio))
      console.error(`  ${label}: ${value.toFixed(1)} ${unit}${over.map(([name, ratio]) => `, ${ratio.toFixed(3)} × ${name}`).join('')}`)
    }
  }

  function isWanted (name: string, isPossible: boolean): boolean {
    const wanted = isPossible && options.workloads.includes(name)
    if (wanted) console.error(`${name} …`)
    return wanted
  }
}

function chosen (options: Options): readonly Server[] {
  const all = allServers(options)
  const unknown = options.servers.find(name => name !== 'all' && all.every(server => server.name !== name))
  if (unknown !== undefined) throw new Error(`--server: there is no "${unknown}"; there are ${all.map(({ name }) => name).join(' ')}`)
  return all.filter(({ name }) => ['all', name, VARIANTS.includes(name) ? 'ours' : name].some(each => options.servers.includes(each)))
}

function buildManyTools (): void {
  execFileSync(process.execPath, [...process.execArgv, 'cli/build.ts', 'bench/servers/many-tools.ts', 'bench/dist'], { cwd: ROOT, stdio: 'inherit' })
}

function intoReadme (text: string): void {
  const path = resolve(import.meta.dirname, 'README.md')
  const [before = '', rest = ''] = readFileSync(path, 'utf8').split('<!-- figures -->')
  const [, after = ''] = rest.split('<!-- end of figures -->')
  writeFileSync(path, `${before}<!-- figures -->\n\n${text}\n\n<!-- end of figures -->${after}`)
}

function readArguments (): Options | undefined {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error((error as Error).message)
    process.exit(1)
  }
}
