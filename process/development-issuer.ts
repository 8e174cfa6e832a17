import { integer } from './readers.ts'
import { settings, textOf, type Env } from './settings.ts'

/**
 * The port of the development issuer: the one after PORT.
 * @throws ConfigError if PORT is unusable or the last port there is
 */
export function issuerPort (env: Env): number {
  const { read, finish } = settings(env)
  const port = read('PORT', integer(1, 65534), 3000) + 1
  finish()
  return port
}

/**
 * The environment with the development issuer as the issuer, while no tenant is set.
 * @throws ConfigError if PORT leaves no port for it
 */
export function withDevelopmentIssuer (env: Env): Env {
  return textOf(env, 'AUTH0_DOMAIN') === undefined ? { ...env, AUTH0_DOMAIN: `http://localhost:${issuerPort(env)}/` } : env
}
