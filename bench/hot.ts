import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import { table } from './tables.ts'

/** Lines and columns count from 0. */
interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
  readonly columnNumber: number
}

interface Node {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children?: readonly number[]
}

interface Profile {
  readonly nodes: readonly Node[]
  readonly samples: readonly number[]
}

const [path, rows = '50'] = process.argv.slice(2)
if (path === undefined) throw new Error('Name a .cpuprofile, and how many functions to list')

const { nodes, samples }: Profile = JSON.parse(readFileSync(path, 'utf8'))
const byId = new Map(nodes.map(node => [node.id, node]))
const samplesOf = new Map<number, number>()
for (const id of samples) samplesOf.set(id, (samplesOf.get(id) ?? 0) + 1)

const self = new Map<string, number>()
const total = new Map<string, number>()
const places = new Map<string, number>()
const maps = new Map<string, SourceMap | undefined>()
const [root] = nodes
const busy = root === undefined ? 0 : walk(root, new Set())

print(['where', 'self %'], places, 15, name => [share(places, name)])
print(['function', 'self %', 'with all it calls %'], self, Number(rows), name => [share(self, name), share(total, name)])
print(['function', 'with all it calls %', 'self %'], total, Number(rows), name => [share(total, name), share(self, name)])

/** Counts the samples of a call and of all that it calls; a function that calls itself counts once. */
function walk (node: Node, above: ReadonlySet<string>): number {
  const { functionName, url, lineNumber } = written(node.callFrame)
  if (functionName === '(idle)') return 0

  const name = `${functionName || '(anonymous)'} ${shorten(url)}:${lineNumber + 1}`
  const own = samplesOf.get(node.id) ?? 0
  const within = new Set(above).add(name)
  const children = (node.children ?? []).flatMap(id => byId.get(id) ?? [])
  const sum = children.reduce((count, child) => count + walk(child, within), own)

  add(self, name, own)
  add(places, place(url), own)
  if (!above.has(name)) add(total, name, sum)
  return sum
}

function print (head: readonly string[], counts: ReadonlyMap<string, number>, most: number, columns: (name: string) => string[]): void {
  const names = [...counts].sort(([, a], [, b]) => b - a).slice(0, most).map(([name]) => name)
  console.log(table(head, names.map(name => [name, ...columns(name)])), '\n')
}

function share (counts: ReadonlyMap<string, number>, name: string): string {
  return ((counts.get(name) ?? 0) / busy * 100).toFixed(1)
}

function add (counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count)
}

/** Where a function stood before it was built into one file with all others. */
function written (frame: CallFrame): CallFrame {
  const { url, lineNumber, columnNumber } = frame
  if (!maps.has(url)) maps.set(url, readMap(url))
  const entry = maps.get(url)?.findEntry(lineNumber, columnNumber)
  return entry !== undefined && 'originalSource' in entry ? { ...frame, url: entry.originalSource, lineNumber: entry.originalLine } : frame
}

function readMap (url: string): SourceMap | undefined {
  const path = url.startsWith('file:') ? `${fileURLToPath(url)}.map` : ''
  return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : undefined
}

/** The package, or the part of Node or of this project. */
function place (url: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? (url === '' ? 'the runtime itself' : shorten(url))
}

function shorten (url: string): string {
  return url.includes('node_modules/') ? url.replace(/.*node_modules\//, '') : url.replace(/^(?:\.\.\/)+/, '')
}
