import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { chooseMutants } from './choose.ts'
import type { Mutant } from './list.ts'
import { TYPESCRIPT } from '../../support/child.ts'
import { ROOT } from '../../support/root.ts'
import { findCode, replaceCode } from './source.ts'

/**
 * Breaks each security check in turn, in a copy of this tree, and demands that a test notices.
 * `tsx test/assurance/mutants/main.ts [--markdown] [id or file …]`; an unknown word ends it at once, with exit code 2.
 */
const LEFT_OUT = new Set(['node_modules', '.git', '.tap', 'dist', 'bench'])
const LIMIT_MS = 90_000
/** A test hangs if it takes this many times as long as without a mutant, and at least MIN_HANG_MS. */
const HANG_FACTOR = 5
const MIN_HANG_MS = 20_000
/** A test gives up a condition after this time. */
const MAX_WAIT_MS = 10_000
// The whole line of a failed test, so that its title is there. Where tests run side by side, tap prints only the second form.
const FAILED = /^ *(?:not ok \d+ - |Bail out! ).*\n/m

interface Verdict {
  readonly mutant: Mutant
  readonly outcome: 'killed' | 'survived' | 'lost' | 'broken'
  readonly by: string
}

interface Run {
  readonly ok: boolean
  /** The first test that failed. */
  readonly failed: string
  /** Whether any test failed; else the program did, which says nothing of the tests. */
  readonly isTested: boolean
}

const [markdown, wanted] = [process.argv.includes('--markdown'), process.argv.slice(2).filter(word => word !== '--markdown')]
const { mutants, unknown } = chooseMutants(wanted)
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. Give ids of mutants or files, as test/assurance/mutants/ lists them, or --markdown; nothing: all of them.`)
  process.exit(2)
}
const started = performance.now()
const twice = mutants.filter(({ id }, i) => mutants.findIndex(other => other.id === id) !== i)
const missing = new Set(mutants.flatMap(({ tests }) => tests.map(fileOf)).filter(test => !existsSync(join(ROOT, test))))
for (const { id } of twice) console.log(`two mutants are called ${id}`)
for (const test of missing) console.log(`there is no ${test}`)

/** How long each test file takes without a mutant, in milliseconds. */
const usual = new Map<string, number>()
// Twice the processors and one: many tests wait, and one that hangs takes twenty seconds of nothing else.
const trees = Array.from({ length: 2 * availableParallelism() + 1 }, copy)
const verdicts: Verdict[] = []
try {
  const green = await inParallel([...new Set(mutants.flatMap(testsOf).map(fileOf))], async (test, tree) => ({ test, ...await runAgain(tree, test) }))
  const red = green.filter(({ ok }) => !ok)
  for (const { test, failed } of red) console.log(`not green without a mutant: ${test}: ${failed}`)
  if (red.length === 0) verdicts.push(...await inParallel(mutants, judge))
  report(red.length === 0 && twice.length === 0 && missing.size === 0)
} finally {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true })
}

async function judge (mutant: Mutant, tree: string): Promise<Verdict> {
  const path = join(tree, mutant.file)
  const text = readFileSync(path, 'utf8')
  const places = findCode(text, mutant.find).length
  if (places !== 1) return say({ mutant, outcome: 'lost', by: `its code stands ${places} times in ${mutant.file}` })

  writeFileSync(path, replaceCode(text, mutant.find, mutant.replace))
  try {
    for (const test of testsOf(mutant)) {
      const { ok, failed, isTested } = await runThrough(tree, test)
      if (!ok) return say({ mutant, outcome: isTested ? 'killed' : 'broken', by: `${basename(fileOf(test))}: ${failed}` })
    }
    return say({ mutant, outcome: 'survived', by: testsOf(mutant).join(', ') || 'no test to run' })
  } finally {
    writeFileSync(path, text)
  }
}

function say (verdict: Verdict): Verdict {
  if (!markdown || verdict.outcome !== 'killed') console.log(`${verdict.outcome.padEnd(8)} ${verdict.mutant.id.padEnd(24)} ${verdict.by}`)
  return verdict
}

function report (isWhole: boolean): void {
  const rest = verdicts.filter(({ outcome }) => outcome !== 'killed')
  if (markdown) {
    console.log('| what is broken | where | the test that notices |\n|---|---|---|')
    for (const { mutant: { what, file }, by } of verdicts) console.log(`| ${what} | \`${file}\` | ${by.replaceAll('|', '\\|')} |`)
  }
  for (const { mutant: { id, file, what }, outcome, by } of rest) console.log(`${outcome}: ${id} in ${file}: ${what} (${by})`)
  console.log(`${mutants.length} mutants, ${verdicts.length - rest.length} killed, ${rest.length} not, ${((performance.now() - started) / 1000).toFixed(0)} s`)
  process.exitCode = isWhole && rest.length === 0 && verdicts.length > 0 ? 0 : 1
}

// On a busy machine a good test can fail once, so it gets a second run.
async function runAgain (tree: string, test: string, tries = 3): Promise<Run> {
  const began = performance.now()
  const result = await run(tree, test)
  usual.set(test, performance.now() - began)
  return result.ok || tries === 1 ? result : runAgain(tree, test, tries - 1)
}

// A program that ended without a failed test proves nothing, so it gets a second run.
// This one goes on after a failure: a program that bails out can exit before its last lines are written.
async function runThrough (tree: string, test: string): Promise<Run> {
  const result = await run(tree, test)
  return result.ok || result.isTested ? result : run(tree, test, false)
}

/** Runs one test file, or a part of it, as a process of its own that ends in time. */
function run (tree: string, test: string, doesBail = true): Promise<Run> {
  const [, pattern] = test.split('#')
  return new Promise(resolve => {
    const child = spawn(process.execPath, [...TYPESCRIPT, fileOf(test)], {
      cwd: tree,
      // A process group, so that the processes of a test end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without its own runner, tap would end a test after 30 seconds.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tree, '.compiled'), TEST_MAX_WAIT_MS: String(MAX_WAIT_MS), TAP_BAIL: doesBail ? '1' : '0', TAP_TIMEOUT: String(LIMIT_MS / 1000), ...(pattern !== undefined && { TAP_GREP: `/${pattern}/` }) }
    })
    const chunks: Buffer[] = []
    const timer = setTimeout(() => end('it hangs', true), hangMs(fileOf(test)))
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        chunks.push(chunk)
        if (FAILED.test(output())) end(firstFailure(output()), true)
      })
    }
    child.on('close', code => end(code === 0 ? '' : firstFailure(output()), FAILED.test(output())))

    function output (): string {
      return Buffer.concat(chunks).toString()
    }

    function end (failed: string, isTested: boolean): void {
      clearTimeout(timer)
      try {
        process.kill(-(child.pid as number), 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
      resolve({ ok: failed === '', failed, isTested })
    }
  })
}

function hangMs (file: string): number {
  return Math.min(LIMIT_MS, Math.max(MIN_HANG_MS, HANG_FACTOR * (usual.get(file) ?? Infinity)))
}

/** The title of the first failure in TAP, with the titles above it. */
function firstFailure (tap: string): string {
  const titles: string[] = []
  for (const line of tap.split('\n')) {
    const [, indent = '', title = ''] = /^( *)# Subtest: (.*)$/.exec(line) ?? []
    if (title !== '') titles.splice(indent.length / 4, Infinity, title)
    const [, depth = '', failed] = /^( *)not ok \d+ - (.*?)(?: # time=.*)?$/.exec(line) ?? []
    if (failed !== undefined) return [...titles.slice(0, depth.length / 4), failed.replace(/^Property failed.*/, 'a case that fails')].join(' › ').slice(0, 200)
  }
  const [, bailed] = /^ *Bail out! (.*)$/m.exec(tap) ?? []
  if (bailed !== undefined) return bailed
  return `it does not run: ${/^.*Error.*$/m.exec(tap)?.[0] ?? tap.slice(-200)}`
}

function copy (): string {
  const tree = mkdtempSync(join(tmpdir(), 'mutant-'))
  cpSync(ROOT, tree, { recursive: true, filter: path => !LEFT_OUT.has(basename(path)) || path === ROOT })
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

/** One job after the other in each tree. */
async function inParallel<Job, Result> (jobs: readonly Job[], work: (job: Job, tree: string) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  const queue = jobs.entries()
  await Promise.all(trees.map(async tree => {
    for (const [i, job] of queue) results[i] = await work(job, tree)
  }))
  return results
}

function testsOf ({ tests }: Mutant): string[] {
  return tests.filter(test => !missing.has(fileOf(test)))
}

function fileOf (test: string): string {
  return test.split('#')[0] as string
}
