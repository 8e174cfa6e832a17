import { isObject } from '../../mcp/message.ts'
import { withoutHidden } from '../../mcp/safe-text.ts'

/** The ids of all checks, in the order in which they run. Scripts may rely on them. */
export const CHECK_IDS = [
  'settings',
  'issuer-dns', 'issuer-connection', 'issuer-tls', 'discovery', 'issuer-name', 'pkce', 'authorization-code', 'registration', 'iss-parameter', 'discovery-alias', 'keys', 'clock',
  'audience', 'drift', 'exchange-client', 'exchange-credentials', 'exchange-drift',
  'server-dns', 'server-connection', 'server-tls', 'metadata', 'challenge', 'slash', 'authorization-header', 'get', 'preflight',
  'machine-token', 'mcp-headers', 'tools-list', 'stream',
  'token-kind', 'token-bearer', 'token-form', 'token-header', 'token-key', 'token-signature', 'token-claims', 'token-admission', 'token-scopes', 'exchange',
  'login', 'login-registration', 'login-request', 'login-browser', 'login-token', 'whoami'
] as const

/** The id of a check. */
export type CheckId = typeof CHECK_IDS[number]

/** The result of one check. */
export interface Check {
  /** Names the check for a script. Several results share an id where a check runs for several URLs. */
  readonly id: CheckId
  readonly title: string
  readonly ok: boolean
  /** What was found, in words. */
  readonly found: string
  /** What was expected; only where the check failed. */
  readonly expected?: string
  /** How to correct it; only where the check failed. */
  readonly mend?: string
}

/** What to do about a proxy that changes requests or answers. */
export const LOOK_AT_PROXY = 'Look at the proxy in front of the server; docs/deployment.md has a tested configuration.'

/** A check that passed. */
export function good (id: CheckId, title: string, found: string): Check {
  return { id, title, ok: true, found }
}

/** A check that failed. */
export function bad (id: CheckId, title: string, found: string, expected: string, mend: string): Check {
  return { id, title, ok: false, found, expected, mend }
}

/** The lines that show a check to a person. They lose characters of other servers that a terminal would obey. */
export function linesOf ({ title, ok, found, expected, mend }: Check): string[] {
  const lines = ok ? [`✓ ${title}: ${found}`] : [`✗ ${title}`, `    found     ${found}`, `    expected  ${expected}`, `    mend      ${mend}`]
  return lines.map(withoutHidden)
}

/**
 * A value in words: text and numbers as JSON, lists and objects with commas, "nothing" for undefined, also as `forLog`
 * writes it.
 */
export function inWords (value: unknown): string {
  if (value === undefined || value === 'undefined') return 'nothing'
  if (isObject(value)) return Object.entries(value).map(([name, member]) => `${name} ${inWords(member)}`).join(', ')
  return Array.isArray(value) ? value.map(inWords).join(', ') || 'an empty list' : JSON.stringify(value)
}
