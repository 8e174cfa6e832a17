import { ConfigError } from './settings.ts'

/** The oldest version that the tests run on, as `engines` in package.json says. */
const OLDEST = [20, 19] as const

/** Refuses an old Node. @throws ConfigError if it is older than the oldest one that runs the server */
export function checkNode (version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  throw new ConfigError([`Node: found version ${version}, expected ${OLDEST.join('.')} or newer; 24 is recommended`])
}
