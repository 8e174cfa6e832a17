import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { startHelper } from './helper.ts'
import { startIssuer } from './issuer.ts'
import { readOptions, usage } from './options.ts'
import type { Options } from './options.ts'
import { openPool } from './pool.ts'
import { stepAside } from './proc.ts'
import { render } from './render.ts'
import { runAll } from './run.ts'
import { allServers } from './servers.ts'
import type { Server } from './servers.ts'
import type { Job, Outcome } from './job.ts'

const options = readOptions(process.argv.slice(2))
if (options === undefined) process.stdout.write(usage)
else await main(options)

async function main (options: Options): Promise<void> {
  const servers = chosen(options)
  install(servers)

  const pool = await openPool(options.tokens, options.fresh)
  const issuer = await startIssuer(pool.identity)
  stepAside()
  const load = startHelper<Job, Outcome>('load.ts', 1)

  try {
    const { seconds, rounds, connections, profile } = options
    const report = await runAll({ pool, load, seconds, rounds, connections, profile }, options, servers)
    const text = render(report)
    process.stdout.write(`${text}\n`)
    if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(report, null, 2) + '\n')
    if (options.write) intoReadme(text)
  } finally {
    load.stop()
    issuer.close()
  }
}

function chosen ({ servers: names, dist }: Options): readonly Server[] {
  const all = allServers(dist)
  const unknown = names.find(name => all.every(server => server.name !== name))
  if (unknown !== undefined) throw new Error(`There is no server "${unknown}"\n\n${usage}`)

  // Listing many tools and running several workers take servers of their own, which go with ours.
  const some = all.filter(({ name }) => names.length === 0 || names.includes(name) || (name.startsWith('ours-') && name !== 'ours-log' && names.includes('ours')))
  if (some.some(({ kind }) => kind === 'ours') && !existsSync(resolve(dist, 'server.js'))) {
    throw new Error(`There is no ${dist}/server.js: run "npm run build" first`)
  }
  return some
}

// Peers are no dependency of the project's: they come when they are asked for.
function install (servers: readonly Server[]): void {
  const peers = resolve(import.meta.dirname, 'peers')
  if (existsSync(resolve(peers, 'node_modules')) || servers.every(({ kind }) => kind !== 'peer')) return

  process.stderr.write('installing the peers …\n')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: peers, stdio: ['ignore', 'ignore', 'inherit'] })
}

function intoReadme (text: string): void {
  const path = resolve(import.meta.dirname, 'README.md')
  const [before, rest = ''] = readFileSync(path, 'utf8').split('<!-- figures -->')
  const [, after = ''] = rest.split('<!-- end of figures -->')
  writeFileSync(path, `${before}<!-- figures -->\n\n${text}\n\n<!-- end of figures -->${after}`)
}
