import { isIP } from 'node:net'
import type { AccessPolicy } from './auth/access.ts'
import type { ScopeClaims } from './auth/caller.ts'
import type { ClaimPolicy } from './auth/claims.ts'
import type { KeyLifetimes } from './auth/keys.ts'
import { bareUrl, boolean, Expected, integer, isLoopback, list, oneOf, settings, text } from './settings.ts'

/** Everything that can be set, checked and complete. What each part means stands beside its type. */
export interface Config {
  /** Accepted issuers, each with its trailing slash. The first one is where clients log in by default. */
  readonly issuers: readonly string[]
  /** The public URL of the MCP endpoint: the `resource` of RFC 9728, byte for byte. */
  readonly resourceUrl: string
  readonly host: string
  readonly port: number
  readonly allowedHosts: AllowList
  readonly allowedOrigins: AllowList
  readonly claims: ClaimPolicy
  readonly scopeClaims: ScopeClaims
  readonly access: AccessPolicy
  readonly keys: KeyLifetimes
  readonly trustProxy: boolean | string
  /** How many processes serve the port. */
  readonly workers: number
  /** Seals what travels through clients; undefined: a secret of this process alone. */
  readonly stateSecret: string | undefined
  readonly logLevel: LogLevel
}

/** Exact values that are accepted, and whether any loopback name on any port is too. */
export interface AllowList {
  readonly exact: readonly string[]
  readonly loopback: boolean
}

export type LogLevel = typeof LOG_LEVELS[number]
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Settings that other versions of this server know; an operator who sets one must not believe that it works. */
const NOT_HERE = ['RATE_LIMIT_MAX', 'RATE_LIMIT_WINDOW', 'REDIS_URL']

/**
 * Reads the environment.
 * @throws ConfigError that names every variable at fault, what was found and what is expected
 */
export function loadConfig (env: Readonly<Record<string, string | undefined>>): Config {
  const { read, report, finish } = settings(env)

  const host = read('HOST', hostname, '127.0.0.1')
  const port = read('PORT', integer(1, 65535), 3000)
  const local = isLoopback(host)

  const issuers = read('AUTH0_DOMAIN', list(issuer), [])
  if (!env['AUTH0_DOMAIN']?.trim()) report('AUTH0_DOMAIN: not set, expected the domain of your tenant, such as "tenant.eu.auth0.com"')

  const resourceUrl = read('MCP_RESOURCE_URL', resource, local ? `http://localhost:${port}/mcp` : '')
  if (!local && !env['MCP_RESOURCE_URL']?.trim()) {
    report(`MCP_RESOURCE_URL: not set, expected the public URL of the MCP endpoint, since HOST is not a loopback address (${JSON.stringify(host)})`)
  }
  for (const name of NOT_HERE) {
    if (env[name]?.trim()) report(`${name}: found ${JSON.stringify(env[name])}, expected it to be unset: this version has no rate limit`)
  }

  const url = URL.canParse(resourceUrl) ? new URL(resourceUrl) : undefined
  const config: Config = {
    issuers,
    resourceUrl,
    host,
    port,
    allowedHosts: {
      exact: read('ALLOWED_HOSTS', list(hostHeader), url ? [url.host] : []),
      loopback: local && !env['ALLOWED_HOSTS']?.trim()
    },
    allowedOrigins: {
      exact: read('ALLOWED_ORIGINS', list(origin), url ? [url.origin] : []),
      loopback: local && !env['ALLOWED_ORIGINS']?.trim()
    },
    claims: {
      audiences: read('AUTH0_AUDIENCE', list(text), [resourceUrl]),
      tokenProfile: read('TOKEN_PROFILE', oneOf('any', 'rfc9068'), 'any'),
      clockTolerance: read('CLOCK_TOLERANCE', integer(0, 60), 5),
      maxTokenAge: read<number | undefined>('MAX_TOKEN_AGE', integer(1, 2_592_000), undefined)
    },
    scopeClaims: read('SCOPE_CLAIMS', oneOf('any', 'scope', 'permissions', 'all'), 'any'),
    access: {
      allowedClients: read<readonly string[] | undefined>('ALLOWED_CLIENTS', list(text), undefined),
      requiredOrg: read<readonly string[] | undefined>('REQUIRED_ORG', list(text), undefined),
      allowMachines: read('ALLOW_M2M', boolean, true)
    },
    keys: {
      cacheTtl: read('JWKS_CACHE_TTL', integer(1, 86_400), 600),
      cooldown: read('JWKS_COOLDOWN', integer(1, 3600), 30),
      timeout: read('JWKS_TIMEOUT', integer(1, 60), 5),
      maxStale: read('JWKS_MAX_STALE', integer(0, 604_800), 86_400)
    },
    trustProxy: read('TRUST_PROXY', proxy, false),
    workers: read('WORKERS', integer(1, 64), 1),
    stateSecret: read<string | undefined>('STATE_SECRET', secret, undefined),
    logLevel: read('LOG_LEVEL', oneOf(...LOG_LEVELS), 'info')
  }
  finish()
  return config
}

/** `tenant.eu.auth0.com` or an issuer URL, to the issuer as Auth0 writes it: with a slash at the end. */
function issuer (value: string): string | Expected {
  const isDomain = /^[\w.-]+(:\d{1,5})?\/?$/.test(value)
  const url = bareUrl(isDomain ? `https://${value}` : value)
  if (url instanceof Expected) return new Expected(`a tenant's domain or an issuer URL: ${url.what}`)
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

function resource (value: string): string | Expected {
  const url = bareUrl(value)
  if (url instanceof Expected) return url
  // The path becomes a route, in which other characters have a meaning.
  if (!/^[\w.~/-]*$/.test(url.pathname)) return new Expected('a path of letters, digits, "-", ".", "_" and "~"')
  const canonical = url.href.replace(/\/+$/, '')
  return value === canonical ? value : new Expected(`its canonical form without a trailing slash, ${JSON.stringify(canonical)}`)
}

function hostname (value: string): string | Expected {
  return /^[\w.-]+$/.test(value) || isIP(value) !== 0 ? value : new Expected('an address or a host name to listen on, without port or brackets')
}

function hostHeader (value: string): string | Expected {
  return URL.canParse(`http://${value}`) && /^[^\s/?#@]+$/.test(value) ? value.toLowerCase() : new Expected('a host as in a Host header, such as "mcp.example.com"')
}

function origin (value: string): string | Expected {
  if (value === 'null') return value
  return URL.canParse(value) && new URL(value).origin === value ? value : new Expected('an origin, such as "https://app.example.com"')
}

function secret (value: string): string | Expected {
  return value.length >= 32 ? value : new Expected('at least 32 characters')
}

/** All, none, or the proxies' addresses. */
function proxy (value: string): boolean | string | Expected {
  if (value === 'true' || value === 'false') return value === 'true'
  return value.split(',').every(part => isAddressRange(part.trim())) ? value : new Expected('"true", "false", or addresses and ranges separated by commas')
}

function isAddressRange (value: string): boolean {
  if (/^(loopback|linklocal|uniquelocal)$/.test(value)) return true
  const [address = '', bits, ...rest] = value.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] as number
  return rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
}
