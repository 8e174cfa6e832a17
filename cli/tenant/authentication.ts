import { issuer } from '../../process/issuer-reader.ts'
import { ConfigError, settings, textOf, type Env } from '../../process/settings.ts'
import { causeIn, isToken } from '../access-token.ts'
import { askForToken } from '../fetch-json.ts'
import { cliTransport } from './cli-transport.ts'
import { fetchTransport } from './fetch-transport.ts'
import type { Ask } from './management.ts'

/** Access to the Management API of a tenant. */
export interface Access {
  /** The tenant's own domain. A custom domain has no Management API. */
  readonly domain: string
  /** The source of the permission, in words. */
  readonly by: string
  /** Connects, which may take a request. */
  connect (): Promise<Ask>
}

/** The variables that hold a permission to manage the tenant. */
export const MANAGEMENT_VARIABLES = 'AUTH0_MGMT_TOKEN, or AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET'

/**
 * The access that the environment gives: a token, a client with its secret, else the session of the Auth0 CLI.
 * @param first the first issuer of the server, for a tenant without AUTH0_MGMT_DOMAIN
 * @throws ConfigError for a bad AUTH0_MGMT_DOMAIN, and for half of the credentials of a client
 */
export function accessOf (env: Env, first: string): Access {
  const { read, report, finish } = settings(env)
  const url = read('AUTH0_MGMT_DOMAIN', issuer, first)
  const token = textOf(env, 'AUTH0_MGMT_TOKEN')
  const [id, secret] = [textOf(env, 'AUTH0_MGMT_CLIENT_ID'), textOf(env, 'AUTH0_MGMT_CLIENT_SECRET')]
  if ((id === undefined) !== (secret === undefined)) report('AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET: found one, expected both or none')
  finish()

  const domain = new URL(url).host
  const base = `${url}api/v2/`
  if (token !== undefined) return { domain, by: 'AUTH0_MGMT_TOKEN', connect: async () => fetchTransport(base, token) }
  if (id !== undefined && secret !== undefined) return { domain, by: 'AUTH0_MGMT_CLIENT_ID', connect: async () => fetchTransport(base, await tokenOf(url, base, id, secret)) }
  return { domain, by: 'the session of the Auth0 CLI', connect: async () => cliTransport(domain, env) }
}

/** Whether the environment itself permits to manage the tenant, without the Auth0 CLI. */
export function hasCredentials (env: Env): boolean {
  return textOf(env, 'AUTH0_MGMT_TOKEN') !== undefined || textOf(env, 'AUTH0_MGMT_CLIENT_ID') !== undefined
}

async function tokenOf (url: string, audience: string, id: string, secret: string): Promise<string> {
  const { status, document: { access_token: token, error, error_description: description } } = await askForToken(url, { grant_type: 'client_credentials', client_id: id, client_secret: secret, audience })
  if (isToken(token)) return token
  const isCustomDomain = /^Service not enabled within domain/.test(String(description))
  throw new ConfigError([isCustomDomain
    ? `AUTH0_MGMT_DOMAIN: found ${JSON.stringify(new URL(url).host)}, which has no Management API, expected the tenant's own domain, such as "tenant.eu.auth0.com"`
    : `${url} gave no token for AUTH0_MGMT_CLIENT_ID: status ${status}, ${causeIn(error, description) || 'without a cause'}`])
}
