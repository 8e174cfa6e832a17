import { ConfigError } from './settings.ts'
import { placeOf, settingHints } from './start-hints.ts'

/** Errors of packages whose native part is missing, since `.npmrc` keeps npm from running install scripts. */
const NATIVE = /Could not locate the bindings file|No native build was found|\.node'|NODE_MODULE_VERSION|Could not load the "sharp" module/

/** Says why the start failed, and what to do about it. */
export function explain (error: Error & { code?: string, port?: number, address?: string, hostname?: string }): string {
  if (error instanceof ConfigError) {
    const lines = [...error.problems, ...settingHints(error.problems, process.env)]
    return `Cannot start, the settings are not right:\n${lines.map(line => `  ${line}`).join('\n')}`
  }
  const { code, port, address, hostname } = error
  if (code === 'EADDRINUSE') return `Cannot start: port ${port} is in use. Set PORT to another one, or stop what listens there.`
  if (code === 'EACCES' && port !== undefined) return `Cannot start: this user may not listen on port ${port}. Set PORT to 1024 or above.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `Cannot start: ${JSON.stringify(address ?? hostname)} is not an address of this machine. Set HOST to one that is.`
  if (code === 'EMFILE') return 'Cannot start: this process may not open more files (EMFILE). Raise the limit: ulimit -n 1024, or LimitNOFILE of systemd.'
  if (code === 'ENFILE') return 'Cannot start: this machine may not open more files (ENFILE). Raise the limit: sysctl fs.file-max.'
  if (NATIVE.test(error.message) || code === 'ERR_DLOPEN_FAILED') return `Cannot start: the native part of ${nativePackage(error)} is missing or was built for another Node. Run: npm rebuild ${nativePackage(error)} --ignore-scripts=false`
  return `Cannot start: ${error.message}${placeOf(error)}`
}

/** The package whose file threw. Packages that only load native files do not count. */
function nativePackage ({ stack }: Error): string {
  const names = [...(stack as string).matchAll(/node_modules[\\/]((?:@[\w.-]+[\\/])?[\w.-]+)/g)].map(([, name = '']) => name.replace('\\', '/'))
  return names.find(name => !/^(?:bindings|node-gyp-build|node-gyp-build-optional-packages|node-pre-gyp|@mapbox\/node-pre-gyp)$/.test(name)) ?? 'the package'
}
