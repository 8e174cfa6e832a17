import { loadConfig } from '../../config.ts'
import { ConfigError } from '../../process/settings.ts'

/** The tenant of GOOD. */
export const AUTH0_DOMAIN = 'tenant.eu.auth0.com'
/** Good values, for settings of every form. */
export const GOOD: Readonly<Record<string, string>> = {
  AUTH0_DOMAIN, AUTH0_AUDIENCE: 'https://mcp.example.com/mcp', MCP_RESOURCE_URL: 'https://mcp.example.com/mcp', HOST: '127.0.0.1', ALLOWED_HOSTS: 'mcp.example.com', ALLOWED_ORIGINS: 'https://app.example.com', ALLOWED_CLIENTS: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', REQUIRED_ORG: 'org_Xy1234567890', TRUST_PROXY: '10.0.0.0/8', LOG_LEVEL: 'info', PORT: '3000'
}
/** The settings that take several values, separated by commas. */
export const LISTS = ['AUTH0_DOMAIN', 'AUTH0_AUDIENCE', 'ALLOWED_HOSTS', 'ALLOWED_ORIGINS', 'ALLOWED_CLIENTS', 'REQUIRED_ORG'] as const

/**
 * The problem of GOOD with one setting changed.
 *
 * @throws Error if there are more, or none
 */
export function only (variable: string, value: string): string {
  const [problem = '', ...more] = problems(() => loadConfig({ ...GOOD, [variable]: value }))
  if (more.length > 0) throw new Error(`more than one problem: ${more.join('\n')}`)
  return problem
}

/** The error of loading bad settings. */
export function thrown (load: () => unknown): ConfigError {
  try {
    load()
  } catch (error) {
    return error as ConfigError
  }
  throw new Error('nothing was refused')
}

/** Its texts, one per problem. */
export function problems (load: () => unknown): readonly string[] {
  return thrown(load).problems
}
