import type { Config } from '../../config.ts'
import { scopesOf, type Tool } from '../../mcp/tool.ts'
import { textOf, type Env } from '../../process/settings.ts'
import { tools as allTools } from '../../tools/index.ts'
import { checkAudience } from './audience.ts'
import type { Check } from './check.ts'
import { checkClock } from './clock.ts'
import { checkDiscovery } from './discovery.ts'
import { checkDrift } from './drift.ts'
import { checkKeys } from './keys.ts'
import { checkOutside } from './outside.ts'
import { checkSettings } from './settings.ts'
import { checkReach } from './reach.ts'
import { checkExchange, checkExchangeSetUp } from './token-exchange.ts'
import { checkToken, plainToken } from './token.ts'
import { checkWithToken } from './with-token.ts'

/** A token to check, and the tools it is for. */
export interface ExamineOptions {
  /** Checks this token, in place of tenant and server. */
  readonly token?: string | undefined
  /** The tools of the server. Default: those of tools/index.ts. */
  readonly tools?: readonly Tool[]
  /** Sends a good token to its issuer to be exchanged. Default false: the token goes nowhere. */
  readonly exchange?: boolean
}

const TENANT = 'Set AUTH0_DOMAIN to the domain of your tenant (auth0 tenants list).'
const DEVELOPMENT = 'AUTH0_DOMAIN is not set, so this is about the development issuer: start it with "npm run dev", or set AUTH0_DOMAIN.'

/**
 * All checks in order. A check that cannot be done after a fault is left out.
 */
export async function examine (env: Env, { token, tools = allTools, exchange = false }: ExamineOptions = {}): Promise<Check[]> {
  const { checks, config } = checkSettings(env)
  if (config === undefined) return checks
  const scopes = scopesOf(...tools)
  if (token !== undefined) {
    const found = [...checks, ...await checkToken(token, config, scopes)]
    return exchange && found.every(({ ok }) => ok) ? [...found, ...await checkExchange(plainToken(token), config, tools)] : found
  }

  const isDevelopment = textOf(env, 'AUTH0_DOMAIN') === undefined
  const mend = isDevelopment ? DEVELOPMENT : TENANT
  const tenants = await Promise.all(config.issuers.map(issuer => checkTenant(issuer, config, mend)))
  const found = [...checks, ...tenants.flat(), ...checkAudience(config), ...isDevelopment ? [] : [await checkDrift(env, config, scopes)], ...await checkExchangeSetUp(env, config, tools, isDevelopment), ...await checkOutside(config)]
  // A call can only fail after a fault, and would hide its cause.
  return found.every(({ ok }) => ok) ? [...found, ...await checkWithToken(env, config, scopes, isDevelopment)] : found
}

async function checkTenant (issuer: string, config: Config, mend: string): Promise<Check[]> {
  const reach = await checkReach('issuer', issuer, mend)
  if (reach.some(({ ok }) => !ok)) return reach
  const { checks, answer } = await checkDiscovery(issuer)
  const clock = answer === undefined ? [] : [checkClock(issuer, answer, config.claims.clockTolerance)]
  return [...reach, ...checks, await checkKeys(issuer, config.keys.timeout), ...clock]
}
