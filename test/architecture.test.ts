import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { ROOT } from './support/root.ts'

/** What the files of a folder, or a file of the root, may import of the project, besides their own folder. */
const DIRECTION: Readonly<Record<string, readonly string[]>> = {
  'server.ts': ['app.ts', 'config.ts', 'metrics', 'process'],
  'app.ts': ['auth', 'config.ts', 'http', 'mcp', 'plugins', 'process/open-tools.ts', 'routes', 'tools', 'tracing'],
  'config.ts': ['api', 'auth', 'limits', 'process'],
  process: ['api', 'config.ts', 'http', 'mcp', 'metrics'],
  plugins: ['auth', 'http', 'limits', 'mcp', 'metrics', 'tracing'],
  routes: ['auth', 'http', 'mcp', 'page', 'plugins'],
  page: ['auth', 'connect', 'mcp'],
  http: ['auth', 'mcp'],
  tools: ['mcp/tool.ts'],
  mcp: ['auth/caller.ts'],
  api: ['auth', 'mcp'],
  auth: [],
  limits: [],
  metrics: [],
  tracing: [],
  connect: [],
  cli: ['api', 'auth', 'config.ts', 'connect', 'dev', 'http', 'mcp', 'plugins', 'process', 'tools'],
  examples: ['mcp/tool.ts'],
  dev: ['app.ts', 'auth', 'cli/doctor', 'config.ts', 'examples', 'http', 'mcp', 'page', 'process', 'tools'],
  deploy: ['app.ts', 'config.ts', 'dev', 'http', 'process'],
  bench: ['app.ts', 'auth', 'config.ts', 'dev', 'mcp', 'test/support'],
  test: ['api', 'app.ts', 'auth', 'cli', 'config.ts', 'connect', 'deploy', 'dev', 'examples', 'http', 'limits', 'mcp', 'metrics', 'page', 'plugins', 'process', 'routes', 'tools', 'tracing']
}

/** Folders whose rules hold for any server: they know nothing of Fastify. */
const WITHOUT_FASTIFY = ['api', 'auth', 'connect', 'limits', 'mcp', 'metrics', 'page', 'tools', 'tracing']

interface Import {
  /** A file of the project, as its path from the root, or a package. */
  readonly target: string
  readonly typeOnly: boolean
}

const imports = new Map(sources().map(file => [file, importsOf(file)]))

t.test('imports go one way: from the server to its rules, never back', async t => {
  t.ok(imports.size > 150, `${imports.size} files`)
  for (const place of Object.values(DIRECTION).flat()) t.ok(existsSync(join(ROOT, place)), place)
  for (const [file, found] of imports) {
    const allowed = DIRECTION[folderOf(file)]
    if (allowed === undefined) t.fail(`${file}: DIRECTION does not say what ${folderOf(file)} may import`)
    for (const { target } of found.filter(isOurs)) {
      const isAllowed = folderOf(target) === folderOf(file) || allowed?.some(place => target === place || target.startsWith(`${place}/`))
      if (!isAllowed) t.fail(`${file} may not import ${target}`)
    }
  }
})

t.test('mcp/ and http/ know only the types of what they import of the rules', async t => {
  const crossing = (folder: string, place: string) => [...imports].filter(([file]) => folderOf(file) === folder).flatMap(([file, found]) =>
    found.filter(({ target, typeOnly }) => folderOf(target) === place && !typeOnly).map(({ target }) => `${file} imports ${target}`))
  t.strictSame(crossing('mcp', 'auth'), [])
  t.strictSame(crossing('http', 'mcp'), [])
})

t.test('api/, auth/, connect/, limits/, mcp/, page/ and tools/ do not import Fastify', async t => {
  const found = [...imports].filter(([file]) => WITHOUT_FASTIFY.includes(folderOf(file))).flatMap(([file, found]) =>
    found.filter(({ target }) => /^@?fastify/.test(target)).map(({ target }) => `${file} imports ${target}`))
  t.strictSame(found, [])
})

t.test('no file imports itself through others, not even for a type', async t => {
  const graph = (from: string) => (imports.get(from) ?? []).map(({ target }) => target)
  t.strictSame(circles([...imports.keys()], graph), [])
})

t.test('a circle is found, and imports of every kind are read', async t => {
  const graph: Record<string, string[]> = { a: ['b', 'd'], b: ['c'], c: ['b'], d: [] }
  t.strictSame(circles(Object.keys(graph), file => graph[file] ?? []), [['b', 'c']])

  const text = "import a from './a.ts'\nimport type { B } from '../b.ts'\nimport { type C } from 'c'\nexport * from './d.ts'\nexport type { E } from './e.ts'\nconst f = await import('./f.ts')\nlet g: import('./g.ts').G"
  t.strictSame(read('mcp/x.ts', text), [
    { target: 'mcp/a.ts', typeOnly: false }, { target: 'b.ts', typeOnly: true }, { target: 'c', typeOnly: false }, { target: 'mcp/d.ts', typeOnly: false },
    { target: 'mcp/e.ts', typeOnly: true }, { target: 'mcp/f.ts', typeOnly: false }, { target: 'mcp/g.ts', typeOnly: true }
  ])
})

/** The files of the project that import others. */
function sources (): string[] {
  const top = readdirSync(ROOT).filter(name => DIRECTION[name] !== undefined || /\.ts$/.test(name))
  return top.flatMap(name => statSync(join(ROOT, name)).isFile() ? [name] : readdirSync(join(ROOT, name), { recursive: true }).map(file => join(name, String(file))))
    .filter(file => /\.m?ts$|\.mjs$/.test(file) && !/\.d\.ts$|(?:^|\/)(?:node_modules|dist)\//.test(file))
}

function importsOf (file: string): Import[] {
  return read(file, readFileSync(join(ROOT, file), 'utf8'))
}

function read (file: string, text: string): Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly = false): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return
    found.push({ target: specifier.text.startsWith('.') ? join(dirname(file), specifier.text) : specifier.text, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly)
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0])
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest))
  return found
}

/** Groups of files of which each reaches every other (Tarjan's algorithm). */
function circles (files: readonly string[], importsOf: (file: string) => readonly string[]): string[][] {
  const found: string[][] = []
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []

  function visit (file: string): void {
    index.set(file, index.size)
    low.set(file, index.get(file) as number)
    stack.push(file)
    for (const next of importsOf(file)) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(file, Math.min(low.get(file) as number, low.get(next) as number))
    }
    if (low.get(file) === index.get(file)) {
      const group = stack.splice(stack.indexOf(file))
      if (group.length > 1 || importsOf(file).includes(file)) found.push(group.sort())
    }
  }
  for (const file of files) if (!index.has(file)) visit(file)
  return found
}

function isOurs ({ target }: Import): boolean {
  return imports.has(target)
}

function folderOf (file: string): string {
  return file.split('/')[0] as string
}
