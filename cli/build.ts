import { readFileSync, rmSync } from 'node:fs'
import { build, type BuildOptions, type Plugin } from 'esbuild'

// `tsx cli/build.ts [entry] [folder]` writes the entry and all that it loads at start as a dozen files in place of
// hundreds: Node starts that in half the time.
const [entry = 'server.ts', folder = 'dist'] = process.argv.slice(2)

const OPTIONS: BuildOptions = {
  entryPoints: [entry],
  outdir: folder,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // Node reads less at the start. Names stay, and the source map has the lines.
  minifyWhitespace: true,
  // Node prints the whole line in which an uncaught error was thrown.
  lineLimit: 160,
  // A package that is imported only if its feature is on gets a file of its own.
  splitting: true
}

// Another folder may hold other files.
if (folder === 'dist') rmSync(folder, { recursive: true, force: true })
await build({
  ...OPTIONS,
  sourcemap: true,
  sourcesContent: false,
  plugins: [bundleOnly(await packagesOfServer())],
  // CommonJS packages call `require`, which an ES module does not have. The long name cannot collide with another.
  banner: { js: "import { createRequire as createRequireOfBuild } from 'node:module'\nconst require = createRequireOfBuild(import.meta.url)" }
})

/**
 * The `dependencies` of package.json that a file outside tools/ imports. A package that only a tool needs stays in
 * node_modules, since it may bring binaries or files that it looks up there.
 */
async function packagesOfServer (): Promise<ReadonlySet<string>> {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
  const { metafile: { inputs } } = await build({ ...OPTIONS, packages: 'external', metafile: true, write: false })
  const imported = Object.entries(inputs)
    .filter(([file]) => !file.startsWith('tools/'))
    .flatMap(([, { imports }]) => imports.filter(({ external }) => external).map(({ path }) => packageOf(path)))
  return new Set(imported.filter(name => name in dependencies))
}

function bundleOnly (names: ReadonlySet<string>): Plugin {
  return {
    name: 'bundle only these packages',
    setup ({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
        const isInside = kind === 'entry-point' || names.has(packageOf(path)) || /[\\/]node_modules[\\/]/.test(importer)
        return isInside ? undefined : { path, external: true }
      })
    }
  }
}

/** `@scope/name` of `@scope/name/file.js`. */
function packageOf (path: string): string {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/')
}
