import type { Config } from '../../config.ts'
import type { Env } from '../../process/settings.ts'
import { machineOf, machineToken, mintedToken } from '../access-token.ts'
import { checkCalls } from './calls.ts'
import { bad, good, type Check } from './check.ts'
import { mendOf } from './login/causes.ts'
import { checkToken } from './token.ts'

const TITLE = 'a token of a machine'

/**
 * Calls the server with a token that needs no person: of the development issuer, or of AUTH0_CLIENT_ID. The token goes
 * to the server and nowhere else.
 */
export async function checkWithToken (env: Env, config: Config, scopes: readonly string[], isDevelopment: boolean): Promise<Check[]> {
  const machine = machineOf(env)
  const { allowedClients, requiredOrg, allowMachines } = config.access
  if (!isDevelopment && machine === undefined) return [skipped('that needs AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a machine-to-machine application')]
  if (allowedClients !== undefined || requiredOrg !== undefined || !allowMachines) return [skipped('ALLOWED_CLIENTS, REQUIRED_ORG or ALLOW_M2M may refuse this token')]
  try {
    const token = machine === undefined || isDevelopment ? await mintedToken(env) : await machineToken(machine, config, scopes.join(' '))
    const checks = [good('machine-token', TITLE, 'works'), ...await checkToken(token, config, scopes)]
    return checks.every(({ ok }) => ok) ? [...checks, ...await checkCalls(config.resourceUrl, token)] : checks
  } catch (error) {
    const { message } = error as Error
    return [bad('machine-token', TITLE, message, 'an access token', mendOf(message))]
  }
}

function skipped (reason: string): Check {
  return good('machine-token', TITLE, `not checked, since ${reason}; "npm run doctor -- --login" checks it`)
}
