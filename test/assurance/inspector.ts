import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serve } from '../e2e/login-server.ts'
import { freePort } from '../support/ports.ts'
import { createUser } from '../e2e/login-user.ts'
import { createSteps } from '../support/steps.ts'

// MCP Inspector's command line, as its users run it, against the server. It needs a newer Node than the server, so both
// come from the npm registry. Without the registry the test is skipped.

const PACKAGES = ['node@24', '@modelcontextprotocol/inspector@2.12.0']
const INSTALL_MS = 240_000
const RUN_MS = 25_000

interface Inspector {
  readonly node: string
  readonly script: string
}

interface Outcome {
  readonly code: number | null
  readonly result: any
  /** The last line of its errors, which it writes as JSON. */
  readonly error: any
}

const inspector = await install().catch((error: Error) => {
  const [reason = error.message] = /^npm error .*$/m.exec(error.message) ?? []
  console.log(`skipped: MCP Inspector cannot be installed here: ${reason}`)
})
if (inspector) await steps(inspector)

async function steps ({ node, script }: Inspector): Promise<void> {
  const { step, teardown, end } = createSteps()
  const home = await mkdtemp(join(tmpdir(), 'inspector-'))
  teardown(() => rm(home, { recursive: true, force: true }))
  const { url, authority } = await serve({ teardown })
  const bearer = (token: string): string[] => ['--header', `Authorization: Bearer ${token}`]
  const whoami = ['--method', 'tools/call', '--tool-name', 'whoami']

  await step('tools/list', async () => {
    const { code, result } = await run(['--method', 'tools/list', ...bearer(authority.token())])
    assert.equal(code, 0)
    assert.deepEqual(result.tools.map(({ name }: { name: string }) => name), ['whoami'])
  })

  await step('tools/call whoami', async () => {
    const { code, result } = await run([...whoami, ...bearer(authority.token())])
    assert.equal(code, 0)
    assert.equal(result.structuredContent.issuer, authority.url)
  })

  await step('without a token, and with a bad one: it says that authorization is required', async () => {
    for (const header of [[], bearer('nonsense')]) {
      const { code, error } = await run(['--method', 'tools/list', '--stored-auth-only', ...header])
      assert.equal(code, 3)
      assert.equal(error.error.code, 'auth_required')
    }
  })

  await step('a token without the scope: it says which one is missing', async () => {
    const { code, error } = await run([...whoami, ...bearer(authority.token({ scope: undefined }))])
    assert.equal(code, 1)
    assert.match(error.error.message, /tool:whoami/)
  })

  await step('it logs its user in by URL alone', async () => {
    const user = createUser()
    const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`
    const { code, result } = await run([...whoami, '--callback-url', callback], async to => { await fetch(await user.login(to)) })
    assert.equal(code, 0)
    assert.match(result.structuredContent.subject, /^auth0\|a11ce/)
    assert.equal(user.seen.length, 2, 'login and consent')
  })

  await end()

  /** Runs it to its end. It prints the login URL and waits. */
  async function run (args: string[], visit?: (to: URL) => Promise<void>): Promise<Outcome> {
    const child = spawn(node, [script, '--cli', url, '--transport', 'http', ...args], {
      env: { PATH: process.env['PATH'], HOME: home, ...(visit && { MCP_AUTO_OPEN_ENABLED: 'true' }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: RUN_MS
    })
    let output = ''
    let complaints = ''
    let visited: Promise<void> | undefined
    child.stdout.setEncoding('utf8').on('data', chunk => { output += chunk })
    child.stderr.setEncoding('utf8').on('data', chunk => {
      complaints += chunk
      const [, to] = /navigate to: (\S+)\n/.exec(complaints) ?? []
      if (to === undefined || visited !== undefined) return
      visited = visit?.(new URL(to))
      visited?.catch(() => child.kill())
    })
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    await visited
    return { code, result: parse(output), error: parse(complaints.trim().split('\n').at(-1) ?? '') }
  }
}

/** The folder in which npx has put Inspector and a Node that is new enough for it. */
async function install (): Promise<Inspector> {
  const { stdout } = await promisify(execFile)('npx', ['-y', ...PACKAGES.flatMap(name => ['-p', name]), '-c', 'node -p "process.version + String.fromCharCode(10) + process.execPath" && command -v mcp-inspector'], {
    cwd: tmpdir(),
    // The install script of the package `node` puts the binary in its place, and downloads nothing.
    env: { ...process.env, npm_config_ignore_scripts: 'false' },
    timeout: INSTALL_MS
  })
  const [version = '', node = '', script = ''] = stdout.trim().split('\n')
  if (!version.startsWith('v24.') || script === '') throw new Error(`npx gave Node ${version} at ${node}`)
  return { node, script }
}

function parse (json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
