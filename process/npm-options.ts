import type { Env } from './settings.ts'

/** Names that npm completes to an option of its own. */
const COMPLETED: Readonly<Record<string, string>> = { token: 'token_description' }

/**
 * Refuses options that npm took for its own, because `--` was missing in front of them. The command does not see them,
 * and would do something else than it was asked for.
 *
 * @param names the options of the command, without their dashes
 * @param script the script in package.json
 * @throws Error that says how to write it; its code is that of wrong use
 */
export function refuseLostOptions (script: string, names: readonly string[], env: Env = process.env): void {
  const lost = names.find(name => isLost(script, name, env))
  if (lost === undefined) return
  throw Object.assign(new Error(`npm kept --${lost} for itself. Write -- before the options: npm run ${script} -- --${lost} …`), { code: 'ERR_PARSE_ARGS_LOST' })
}

/** Whether npm took an option for its own. One without a value can still be obeyed. */
export function isLost (script: string, name: string, env: Env = process.env): boolean {
  return env['npm_lifecycle_event'] === script && [name, COMPLETED[name] ?? name].some(name => env[`npm_config_${name.replaceAll('-', '_')}`])
}
