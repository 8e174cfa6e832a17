import module from 'node:module'
import { fileURLToPath } from 'node:url'
import processOnSpawn from 'process-on-spawn'
import { loadSync } from './hooks.mjs'
import { keepKeys } from './rsa-keys.mjs'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url))
const isCovered = process.env._TAPJS_PROCESSINFO_COVERAGE_ === '1'

// Stripped source keeps its positions, so it needs no source map. To read those of tap takes a tenth of the start.
process.setSourceMapsEnabled(false)

if (!process.features.typescript) {
  // Node 20 strips no types. ts-node does, but takes five seconds for each process.
  module.register('./hooks.mjs', import.meta.url)
} else if (!isCovered) {
  module.enableCompileCache?.(CACHE)
} else if (hasSoundHooks()) {
  // Code from the cache of Node has no counters for blocks, so where the coverage counts, only the stripping is cached.
  module.registerHooks({ load: loadSync })
}

keepKeys()

// Tap adds its loader to each process that a test starts. Their coverage counts nowhere, and slows them down.
processOnSpawn.addListener(child => {
  const { NODE_OPTIONS = '', ...env } = child.env
  const options = NODE_OPTIONS.replace(/ *"?--import=[^" ]*@tapjs\/processinfo[^" ]*"?/, '')
  child.env = {
    NODE_COMPILE_CACHE: CACHE,
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !/^_?TAP/.test(name))),
    ...(options !== '' && { NODE_OPTIONS: options }),
    // The loader may also be among the arguments, as of `t.spawn`. It counts unless it finds this.
    _TAPJS_PROCESSINFO_COVERAGE_: '0'
  }
})

/** From this version on, tap itself trusts hooks that run in the same thread. */
function hasSoundHooks () {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 13)
}
