import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { nearNames } from './near-names.ts'
import type { Env } from './settings.ts'

/** Files that are meant as a `.env` but are not read. */
const OTHER_FILES = ['.env.local', '.env.development', '.env.production', '.env.txt', 'env.txt', '_env', '.ENV']
/** What the SDKs of Auth0 call the domain of the tenant. */
const OTHER_DOMAINS = ['AUTH0_ISSUER_BASE_URL', 'ISSUER_BASE_URL', 'AUTH0_ISSUER', 'AUTH0_BASE_URL', 'AUTH0_TENANT']

/**
 * Lines that say where a missing setting may be: under another name, in another file, in another folder.
 * @param problems the lines of the ConfigError
 */
export function settingHints (problems: readonly string[], env: Env): string[] {
  const has = (text: string): boolean => problems.some(problem => problem.includes(text))
  const lines = nearNames(env).map(({ found, meant }) => `${found}: found a name that is no setting, expected ${meant}`)
  if (has('AUTH0_DOMAIN: not set')) lines.push(...OTHER_DOMAINS.filter(name => env[name]).map(name => `${name}: found a name that is no setting, expected AUTH0_DOMAIN`))
  // A server that was started in another folder does not find the .env that its user wrote.
  if (!has(': not set') || existsSync('.env')) return lines
  const others = OTHER_FILES.filter(name => existsSync(name))
  const unread = others.length === 0 ? '' : `; ${others.join(' and ')} in it ${others.length > 1 ? 'are' : 'is'} not read`
  return [...lines, `.env: there is none in ${process.cwd()}, the folder that this was started in${unread}`]
}

/** Where a tool, or a file that it imports, made a mistake in its code, as ` (tools/add.ts:3:5)`; empty for other errors. */
export function placeOf (error: Error & { readonly code?: string }): string {
  if (error.code !== undefined || !(error instanceof TypeError || error instanceof ReferenceError)) return ''
  const frames = String(error.stack).split('\n').slice(1).filter(line => !/node:|[\\/]node_modules[\\/]/.test(line))
  const [, place] = frames.map(line => /(?:\(|at (?:async )?)([^()]+:\d+:\d+)\)?$/.exec(line)).find(found => found !== null) ?? []
  return place === undefined ? '' : ` (${place.replace(`${pathToFileURL(process.cwd()).href}/`, '').replace(`${process.cwd()}/`, '')})`
}
