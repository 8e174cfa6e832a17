import type { ExchangeClient } from './api/token-exchange.ts'
import type { AccessPolicy } from './auth/access.ts'
import type { ClaimPolicy } from './auth/claims.ts'
import type { ScopeClaims } from './auth/grants.ts'
import type { KeyLifetimes } from './auth/keys/freshness.ts'
import type { LimitSettings } from './limits/settings.ts'
import { readAddresses, type Addresses } from './process/addresses.ts'
import { claimNames } from './process/claim-names.ts'
import { readExchangeClient } from './process/exchange-client.ts'
import { issuer } from './process/issuer-reader.ts'
import { boolean, integer, list, name, oneOf, orOff, secret } from './process/readers.ts'
import { settings, type Env } from './process/settings.ts'
import type { StopTimes } from './process/shutdown.ts'
import { proxies, redis } from './process/url-readers.ts'

/** Every setting, checked and with its default. The types of the parts say what each part means. */
export interface Config extends Addresses {
  /** Accepted issuers, each with its trailing slash. Clients log in at the first one by default. */
  readonly issuers: readonly string[]
  readonly claims: ClaimPolicy
  readonly scopeClaims: ScopeClaims
  readonly access: AccessPolicy
  /** The names of the claims that tools may see. */
  readonly callerClaims: readonly string[]
  readonly keys: KeyLifetimes
  readonly limits: LimitSettings
  readonly shutdown: StopTimes
  readonly trustProxy: boolean | string
  /** Bytes of a request body. */
  readonly bodyLimit: number
  /** Bytes of JSON that a tool may give. */
  readonly outputLimit: number
  /** The number of processes that serve the port. */
  readonly workers: number
  /** Seals the state that travels through clients; undefined: each process makes a secret of its own. */
  readonly stateSecret: string | undefined
  /** Exchanges tokens of users for tokens of other APIs; undefined: tools cannot call any. */
  readonly exchangeClient: ExchangeClient | undefined
  /** Whether `/` shows a page for people. */
  readonly landingPage: boolean
  /** The scopes that clients log in with: those of all tools, or of the tools marked as baseline. */
  readonly challengeScopes: 'all' | 'baseline'
  /** The tools that `tools/list` shows: all, or those that the caller may call. */
  readonly listTools: 'all' | 'permitted'
  readonly logLevel: LogLevel
}

/** The levels of pino. */
export type LogLevel = typeof LOG_LEVELS[number]
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/**
 * Reads every setting from the environment.
 * @throws ConfigError that names each variable at fault, what was found and what is expected
 */
export function loadConfig (env: Env): Config {
  const reader = settings(env)
  const { isSet, read, report } = reader

  const issuers = read('AUTH0_DOMAIN', list(issuer), [])
  if (!isSet('AUTH0_DOMAIN')) report('AUTH0_DOMAIN: not set, expected the domain of your tenant, such as "tenant.eu.auth0.com"')

  // HOST, PORT, MCP_RESOURCE_URL, ALLOWED_HOSTS, ALLOWED_ORIGINS, METRICS_HOST, METRICS_PORT
  const addresses = readAddresses(reader)

  const redisUrl = read<string | undefined>('REDIS_URL', redis, undefined)
  const redisRequired = read('REDIS_REQUIRED', boolean, false)
  if (redisRequired && !isSet('REDIS_URL')) report('REDIS_REQUIRED: found "true", expected it only together with REDIS_URL')

  const config: Config = {
    issuers,
    ...addresses,
    claims: {
      audiences: read('AUTH0_AUDIENCE', list(name), [addresses.resourceUrl]),
      tokenProfile: read('TOKEN_PROFILE', oneOf('any', 'rfc9068'), 'any'),
      clockTolerance: read('CLOCK_TOLERANCE', integer(0, 60), 5),
      maxTokenAge: read('MAX_TOKEN_AGE', integer(1, 2_592_000), 2_592_000)
    },
    scopeClaims: read('SCOPE_CLAIMS', oneOf('any', 'scope', 'permissions', 'all'), 'any'),
    access: {
      allowedClients: read<readonly string[] | undefined>('ALLOWED_CLIENTS', list(name), undefined),
      requiredOrg: read<readonly string[] | undefined>('REQUIRED_ORG', list(name), undefined),
      allowMachines: read('ALLOW_M2M', boolean, true)
    },
    callerClaims: read('CALLER_CLAIMS', claimNames, []),
    keys: {
      cacheTtl: read('JWKS_CACHE_TTL', integer(1, 86_400), 600),
      cooldown: read('JWKS_COOLDOWN', integer(1, 3600), 30),
      timeout: read('JWKS_TIMEOUT', integer(1, 60), 5),
      maxStale: read('JWKS_MAX_STALE', integer(0, 604_800), 86_400)
    },
    limits: {
      calls: read('RATE_LIMIT_MAX', orOff(integer(1, 1_000_000)), 600),
      window: read('RATE_LIMIT_WINDOW', integer(1, 86_400), 60),
      refusals: read('REFUSAL_LIMIT_MAX', orOff(integer(1, 1_000_000)), 300),
      concurrent: read('CONCURRENT_CALLS_MAX', orOff(integer(1, 1_000_000)), 16),
      redis: redisUrl === undefined ? undefined : { url: redisUrl, required: redisRequired }
    },
    shutdown: {
      delay: read('SHUTDOWN_DELAY', integer(0, 300), 0),
      grace: read('SHUTDOWN_GRACE', integer(0, 300), 10)
    },
    trustProxy: read('TRUST_PROXY', proxies, false),
    bodyLimit: read('BODY_LIMIT', integer(1, 104_857_600), 1_048_576),
    outputLimit: read('OUTPUT_LIMIT', integer(1024, 104_857_600), 4_194_304),
    workers: read('WORKERS', integer(1, 64), 1),
    stateSecret: read<string | undefined>('STATE_SECRET', secret, undefined),
    exchangeClient: readExchangeClient(reader),
    challengeScopes: read('CHALLENGE_SCOPES', oneOf('all', 'baseline'), 'all'),
    listTools: read('LIST_TOOLS', oneOf('all', 'permitted'), 'all'),
    landingPage: read('LANDING_PAGE', boolean, true),
    logLevel: read('LOG_LEVEL', oneOf(...LOG_LEVELS), 'info')
  }
  reader.finish()
  return config
}
