import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../../support/root.ts'

/** The outcome of one check of the suite. */
export interface Check {
  /** `scenario:check`, as baselines name it. */
  readonly name: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  readonly error?: string
}

/** The results of one run of the suite. */
export interface Run {
  readonly checks: readonly Check[]
  /** The suite's own verdict: exactly the checks of the baseline failed. */
  readonly passed: boolean
  readonly output: string
}

const CLI = join(ROOT, 'node_modules/@modelcontextprotocol/conformance/dist/index.js')
const PRELOAD = new URL('./shim/preload.mjs', import.meta.url).href

/** Runs the official suite against a server and reads its results. `initialize`: the revision that its client names. */
export async function runSuite (url: string, args: readonly string[], initialize = ''): Promise<Run> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const child = spawn(process.execPath, ['--import', PRELOAD, CLI, 'server', '--url', url, '--output-dir', directory, ...args], {
      env: { ...process.env, CONFORMANCE_INITIALIZE: initialize },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let output = ''
    child.stdout.on('data', chunk => { output += chunk })
    child.stderr.on('data', chunk => { output += chunk })
    const code = await new Promise(resolve => child.once('close', resolve))
    return { checks: await readChecks(directory), passed: code === 0, output }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Each scenario writes a directory, `server-<scenario>-<time>`, with its checks. */
async function readChecks (directory: string): Promise<Check[]> {
  const checks: Check[] = []
  for (const name of (await readdir(directory)).sort()) {
    const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '')
    const written = JSON.parse(await readFile(join(directory, name, 'checks.json'), 'utf8')) as ReadonlyArray<{ id: string, status: Check['status'], errorMessage?: string }>
    checks.push(...written.map(({ id, status, errorMessage }) => ({ name: `${scenario}:${id}`, status, ...(errorMessage !== undefined && { error: errorMessage }) })))
  }
  return checks
}
