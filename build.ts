import { rm } from 'node:fs/promises'
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

// `tsx build.ts [entry] [folder]`: all that the entry loads, as one file. Node starts that in half the time.
const [entry = 'server.ts', folder = 'dist'] = process.argv.slice(2)
await rm(folder, { recursive: true, force: true })
await build({
  entryPoints: [entry],
  outdir: folder,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  sourcemap: true,
  plugins: [othersStayOutside],
  // Packages in CommonJS call `require`, which an ES module does not have.
  banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" }
})
