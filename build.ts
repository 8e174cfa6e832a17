import { build, type Plugin } from 'esbuild'

// What the server itself is made of. A package that only a tool needs may bring binaries or files of its own, so it is
// loaded from node_modules.
const BUNDLED = new Set([
  '@fastify/jwt', '@sinclair/typebox', 'ajv', 'ajv-formats', 'close-with-grace', 'fastify', 'fastify-plugin', 'get-jwks', 'lru-cache'
])

const othersStayOutside: Plugin = {
  name: 'others stay outside',
  setup ({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/')
      const isInside = kind === 'entry-point' || BUNDLED.has(name) || /[\\/]node_modules[\\/]/.test(importer)
      return isInside ? undefined : { path, external: true }
    })
  }
}

// `tsx build.ts [entry] [folder]`: all that the entry loads, as one file. Node starts that in half the time. Two classes
// of one name are told apart by a number there; `keepNames` would cost each closure of a request.
const [entry = 'server.ts', folder = 'dist'] = process.argv.slice(2)
await build({
  entryPoints: [entry],
  outdir: folder,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  plugins: [othersStayOutside],
  // Packages in CommonJS call `require`, which an ES module does not have. The name is one that no file takes.
  banner: { js: "import { createRequire as createRequireOfBuild } from 'node:module'\nconst require = createRequireOfBuild(import.meta.url)" }
})
