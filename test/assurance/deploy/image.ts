import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startIssuer } from '../../../dev/issuer.ts'
import { call } from '../../support/build.ts'
import { freePort } from '../../support/ports.ts'
import { ROOT } from '../../support/root.ts'
import { until } from '../../support/wire.ts'
import { report } from './report.ts'

/** Nobody, as which the server runs if this program may choose. */
const NOBODY = 65534
const isRoot = process.getuid?.() === 0
const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n').filter(line => !line.startsWith('#'))
const secondStage = dockerfile.findLastIndex(line => line.startsWith('FROM'))

/** Does by hand what the Dockerfile says: builds in a clean folder, runs as another user with nothing to write. */
export async function checkImage (folder: string): Promise<void> {
  chmodSync(folder, 0o755)
  const [build, app, node] = ['build', 'app', 'node'].map(name => join(folder, name)) as [string, string, string]
  for (const path of [build, app]) mkdirSync(path)
  // The user may not read the folder of the node that runs this.
  cpSync(process.execPath, node)

  for (const line of dockerfile.slice(0, secondStage)) {
    const [, files = ''] = /^COPY (.*) \.\/?$/.exec(line) ?? []
    for (const file of files === '.' ? context() : files.split(' ').filter(Boolean)) cpSync(join(ROOT, file), join(build, file), { recursive: true })
    const [, command] = /^RUN (.*)$/.exec(line) ?? []
    if (command === undefined) continue
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: build, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } })
    report(`Dockerfile: RUN ${command}`, status === 0 ? '' : stderr.slice(-1000))
    if (status !== 0) return
  }
  for (const line of dockerfile.slice(secondStage)) {
    const [, from = '', to = ''] = /^COPY --from=build \/app\/(\S+) (\S+)$/.exec(line) ?? []
    if (from !== '') cpSync(join(build, from), to.endsWith('/') ? join(app, to, from) : join(app, to), { recursive: true })
  }
  report('Dockerfile: no package is left that only the build needs', existsSync(join(app, 'node_modules/typescript')) || !existsSync(join(app, 'node_modules/fastify')) ? readdirSync(join(app, 'node_modules')).join(' ') : '')
  if (isRoot) spawnSync('chown', ['-R', '0:0', app])
  spawnSync('chmod', ['-R', 'a-w,a+rX', app])

  for (const workers of ['1', '2']) report(`Dockerfile: ENTRYPOINT and HEALTHCHECK ${isRoot ? 'as nobody' : 'as this user, for want of rights'}, WORKERS=${workers}`, await runFault(app, node, workers))
}

/** Starts the server, asks for its health, calls a tool, and stops it. Gives what is wrong. */
async function runFault (app: string, node: string, workers: string): Promise<string> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const issuer = await startIssuer({ audience: url, scopes: ['tool:whoami'] })
  // Neither PATH nor HOME, as in the image.
  const env = { ...environment(), PORT: String(port), AUTH0_DOMAIN: issuer.url, MCP_RESOURCE_URL: url, WORKERS: workers }
  const start = (command: readonly string[]): ChildProcess => spawn(node, command.slice(1), { cwd: app, env, stdio: ['ignore', 'pipe', 'pipe'], ...(isRoot && { uid: NOBODY, gid: NOBODY }) })
  const healthy = async (): Promise<boolean> => (await once(start(words('HEALTHCHECK')), 'exit'))[0] === 0

  const server = start(words('ENTRYPOINT'))
  const exit = once(server, 'exit')
  let output = ''
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', chunk => { output += chunk })
  try {
    if (await healthy()) return 'it is healthy before it listens'
    await until(() => fetch(new URL('/health/ready', url)).then(({ status }) => status === 200, () => server.exitCode !== null), () => output, 50)
    if (!await healthy()) return `not healthy: ${output}`
    const { status } = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${issuer.token()}` }, body: JSON.stringify(call('whoami')) })
    if (status !== 200) return `a call is answered ${status}: ${output}`
    server.kill('SIGTERM')
    const [code] = await exit
    return code === 0 ? '' : `SIGTERM ends it with ${code}: ${output}`
  } finally {
    server.kill('SIGKILL')
    await issuer.close()
  }
}

/** What `.dockerignore` lets into the build. */
function context (): string[] {
  return readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(line => line.startsWith('!')).map(line => line.slice(1))
}

function environment (): Record<string, string> {
  return Object.fromEntries(dockerfile.slice(secondStage).filter(line => line.startsWith('ENV ')).flatMap(line => line.slice(4).split(' ')).map(pair => pair.split('=') as [string, string]))
}

/** The command of an instruction in the form that needs no shell. */
function words (instruction: string): string[] {
  const line = dockerfile.find(line => line.startsWith(instruction)) as string
  return JSON.parse(line.slice(line.indexOf('[')))
}
