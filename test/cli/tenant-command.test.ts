import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readCommand } from '../../cli/tenant/command-line.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'
import { setUpTenant } from '../support/tenant.ts'

for (const [args, message] of [
  ['destroy', /^expected plan, apply or export, found "destroy"$/],
  ['plan more', /found "plan more"$/],
  ['--wrong', /--wrong/],
  ['--client cursor', /^--client: found "cursor", expected claude-code, codex, vscode, or the https URL of a metadata document$/],
  ['--client https://', /^--client: found/],
  ['export', /^export needs --terraform or --deploy-cli$/],
  ['export --terraform --deploy-cli --output x', /^--output names one file/],
  ['plan --terraform', /are for export$/]
] as const) t.test(`tenant refuses wrong use: ${args}`, async t => { t.throws(() => readCommand(args.split(' ')), message) })

t.test('tenant repeats the options for apply, quoted for a shell', async t => {
  t.match(readCommand(['plan', '--connection', "Bob's users", '--dcr']), { repeat: " --connection 'Bob'\\''s users' --dcr" })
  t.match(readCommand(['export', '--terraform', '--deploy-cli']), { files: [['terraform', 'auth0.tf.json'], ['deploy-cli', 'auth0.yaml']] })
  t.equal(readCommand(['--help']), undefined)
})

t.test('npm run tenant', { jobs: 3 }, async t => {
  const { api, env } = await setUpTenant(t)

  t.test('apply asks on the terminal, and changes nothing without a yes', async t => {
    for (const input of ['n\n', '']) {
      const { code, output } = await run(env, ['apply'], input)
      t.match([code, output], [1, /Make 8 changes in localhost:\d+\? \[y\/N\] [^]*Nothing was changed\./])
    }
    t.match(await run(env, ['apply'], 'y\n'), { code: 0, output: /^✓ created API/m })
    t.equal(api.state.roles.length, 1)
    t.notMatch((await run(env, [])).output, new RegExp(`${api.token}|secret-of`))
  })

  t.test('ends with 1 for a failure and with 2 for wrong options, and prints a help text', async t => {
    t.match(await run({}, []), { code: 1, output: /^AUTH0_DOMAIN: not set/ })
    t.match(await run({}, ['destroy']), { code: 2, output: /^expected plan, apply or export/ })
    t.match(await run({}, ['--help']), { code: 0, output: /never deletes anything/ })
  })
})

/** Runs the command with no environment but `env`. */
async function run (env: Record<string, string>, args: readonly string[], input = ''): Promise<{ readonly code: number | null, readonly output: string }> {
  const child = spawn(process.execPath, [...TYPESCRIPT, join(ROOT, 'cli/tenant.ts'), ...args], { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', chunk => { output += chunk })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, output }
}
