// scope-token of RFC 6749 §3.3; any other character would break a challenge.
const TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/
/** Scopes of a login. No API has them, and Auth0 gives them to no client that registered itself. */
const LOGIN = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

/** Whether a value can be a scope. */
export function isScope (scope: unknown): scope is string {
  return typeof scope === 'string' && TOKEN.test(scope)
}

/** The first of these scopes that is about logging in, and not about an API. */
export function loginScope (scopes: readonly string[]): string | undefined {
  return scopes.find(scope => LOGIN.includes(scope))
}
