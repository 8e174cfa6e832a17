import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { clientsFor } from '../../connect/index.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'

const clients = clientsFor({ url: 'http://localhost:3000/mcp', name: 'auth0-mcp-server', scopes: ['tool:whoami'] })

// The processes take their time to load, so they run side by side.
t.test('npm run connect', { jobs: 4 }, async t => {
  t.test('connect prints every client, with its snippets, callbacks and trap', async t => {
    const { code, stdout } = await run()
    t.equal(code, 0)
    for (const { title, callbacks, trap } of clients) {
      t.match(stdout, `${title}\n==`)
      for (const callback of callbacks) t.match(stdout, `  ${callback}\n`)
      t.match(stdout, `Mind: ${trap}\n`)
    }
  })

  t.test('connect prints one client, with the URL of the settings, however its name is written', async t => {
    const { code, stdout } = await run(['Codex'], { MCP_RESOURCE_URL: 'https://mcp.example.com/mcp' })
    t.equal(code, 0)
    t.match(stdout, '\n  codex mcp add auth0-mcp-server --url https://mcp.example.com/mcp\n  codex mcp login auth0-mcp-server\n')
    t.notMatch(stdout, 'Cursor')
  })

  t.test('connect ends with 2 and lists the clients if the name is unknown', async t => {
    const { code, stdout, stderr } = await run(['emacs'])
    t.strictSame([code, stdout], [2, ''])
    t.equal(stderr, `Unknown client "emacs". Clients: ${clients.map(({ id }) => id).join(', ')}\n`)
  })

  t.test('connect ends with 2 for wrong options, and prints a help text', async t => {
    t.match(await run(['--wrong']), { code: 2, stdout: '', stderr: /^Unknown option '--wrong'\.?\nAll options: npm run connect -- --help\n$/ })
    t.match(await run(['cursor', 'codex']), { code: 2, stdout: '', stderr: /one client/ })
    t.match(await run(['--help']), { code: 0, stdout: /npm run connect -- cursor[^]*Clients: claude-code, / })
  })

  t.test('connect ends with 1 and names the setting that is wrong', async t => {
    t.match(await run(['cursor'], { PORT: 'x' }), { code: 1, stdout: '', stderr: /^PORT: found "x"/ })
  })
})

/** Runs the command with no environment but `env`. */
async function run (args: readonly string[] = [], env: Record<string, string> = {}): Promise<{ readonly code: number | null, readonly stdout: string, readonly stderr: string }> {
  const child = spawn(process.execPath, [...TYPESCRIPT, join(ROOT, 'cli/connect.ts'), ...args], { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', chunk => { output[name] += chunk })
  const [code] = await once(child, 'close')
  return { code, ...output }
}
