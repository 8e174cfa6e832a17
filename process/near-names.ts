import type { Env } from './settings.ts'

/** Every variable of `.env.example`. */
const NAMES = [
  'AUTH0_DOMAIN', 'AUTH0_AUDIENCE', 'MCP_RESOURCE_URL', 'AUTH0_CLIENT_ID', 'AUTH0_CLIENT_SECRET', 'AUTH0_MGMT_TOKEN',
  'AUTH0_MGMT_CLIENT_ID', 'AUTH0_MGMT_CLIENT_SECRET', 'AUTH0_MGMT_DOMAIN', 'HOST', 'PORT', 'LOG_LEVEL', 'ALLOWED_HOSTS',
  'ALLOWED_ORIGINS', 'SCOPE_CLAIMS', 'TOKEN_PROFILE', 'CLOCK_TOLERANCE', 'MAX_TOKEN_AGE', 'CALLER_CLAIMS',
  'ALLOWED_CLIENTS', 'REQUIRED_ORG', 'ALLOW_M2M', 'JWKS_CACHE_TTL', 'JWKS_COOLDOWN', 'JWKS_TIMEOUT', 'JWKS_MAX_STALE',
  'RATE_LIMIT_MAX', 'RATE_LIMIT_WINDOW', 'REFUSAL_LIMIT_MAX', 'CONCURRENT_CALLS_MAX', 'REDIS_URL', 'REDIS_REQUIRED',
  'METRICS_PORT', 'METRICS_HOST', 'TRUST_PROXY', 'BODY_LIMIT', 'OUTPUT_LIMIT', 'SHUTDOWN_DELAY', 'SHUTDOWN_GRACE',
  'WORKERS', 'STATE_SECRET', 'CHALLENGE_SCOPES', 'LIST_TOOLS', 'LANDING_PAGE', 'OBO_CLIENT_ID', 'OBO_CLIENT_SECRET',
  'OBO_PRIVATE_KEY_FILE'
] as const

// Too many other variables differ from a shorter name, such as PORT, by one letter.
const MIN_LENGTH = 8

/** A variable that no part of the server reads, and the setting that was probably meant. */
export interface NearName {
  readonly found: string
  readonly meant: string
}

/**
 * The variables whose name differs from that of a setting by one letter: added, missing, wrong, or swapped with the next
 * one. Without a warning, a policy with a mistyped name would be off unnoticed.
 */
export function nearNames (env: Env): NearName[] {
  const settings = NAMES.filter(name => name.length >= MIN_LENGTH)
  return Object.keys(env).filter(name => env[name] !== '' && !(NAMES as readonly string[]).includes(name)).flatMap(found => {
    const meant = settings.find(name => isNear(found.toUpperCase().replaceAll('-', '_'), name))
    return meant === undefined ? [] : [{ found, meant }]
  })
}

/** Whether one edit turns one text into the other. */
function isNear (a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  const [restA, restB] = [a.slice(start), b.slice(start)]
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1) ||
    (restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0])
}
