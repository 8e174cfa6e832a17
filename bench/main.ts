import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readOptions, usage } from './options.ts'
import type { Options } from './options.ts'
import { render } from './render.ts'
import { runAll } from './run.ts'
import { allServers } from './servers.ts'
import type { Server } from './servers.ts'
import { main, withBench } from './program.ts'

await main(async () => {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) process.stdout.write(usage)
  else await bench(options)
})

async function bench (options: Options): Promise<void> {
  const { json, write, dist } = options
  // A file that cannot be written is better known now than at the end.
  if (json !== undefined) writeFileSync(json, '')
  const servers = chosen(allServers(dist), options.servers)
  install(servers)

  const report = await withBench(options, bench => runAll(bench, options, servers))
  const text = render(report)
  process.stdout.write(`${text}\n`)
  if (json !== undefined) writeFileSync(json, JSON.stringify(report, null, 2) + '\n')
  if (write) intoReadme(text)
}

// Listing many tools and running several workers take servers of their own, which go with ours.
function chosen (all: readonly Server[], names: readonly string[]): readonly Server[] {
  return all.filter(({ name, kind, only }) => names.length === 0 || names.includes(name) || (kind === 'ours' && only !== undefined && names.includes('ours')))
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
