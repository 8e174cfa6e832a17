import type { Config } from '../config.ts'
import { MINT_PATH, type MintRequest } from '../dev/mint.ts'
import { withoutHidden } from '../mcp/safe-text.ts'
import { issuerPort } from '../process/development-issuer.ts'
import { textOf, type Env } from '../process/settings.ts'
import { ask, askForToken, bodyOf } from './fetch-json.ts'

/** The credentials of the machine-to-machine application; undefined if one of the two is not set. */
export function machineOf (env: Env): { readonly id: string, readonly secret: string } | undefined {
  const [id, secret] = [textOf(env, 'AUTH0_CLIENT_ID'), textOf(env, 'AUTH0_CLIENT_SECRET')]
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/**
 * An access token of the tenant for a machine, by client credentials. Where the API requires a grant, a machine gets
 * only the scopes that it names.
 * @throws Error that holds the answer of the tenant, without any token
 */
export async function machineToken ({ id, secret }: { readonly id: string, readonly secret: string }, { issuers: [issuer], claims: { audiences: [audience] } }: Config, scope: string): Promise<string> {
  const { status, document } = await askForToken(issuer as string, { grant_type: 'client_credentials', client_id: id, client_secret: secret, audience: audience as string, ...(scope && { scope }) })
  const { access_token: token, error, error_description: description } = document
  if (isToken(token)) return token
  const cause = causeIn(error, description)
  throw new Error(`${issuer} gave no token: status ${status}, ${cause || 'without a cause'}`)
}

/** Whether a value can stand in a header, and on a terminal. */
export function isToken (value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}

/** The words of a refusal (RFC 6749 §5.2), without characters that a terminal would obey. */
export function causeIn (...words: readonly unknown[]): string {
  return withoutHidden(words.filter(word => typeof word === 'string').join(': '))
}

/**
 * An access token of the development issuer, in any shape.
 * @throws Error if no development issuer answers
 */
export async function mintedToken (env: Env, request: Partial<MintRequest> = {}): Promise<string> {
  const url = `http://localhost:${issuerPort(env)}${MINT_PATH}`
  const response = await ask(url, { method: 'POST', body: JSON.stringify(request) })
    .catch((error: Error) => { throw new Error(`${error.message}: start the development issuer with "npm run dev", or set AUTH0_DOMAIN`) })
  const text = await bodyOf(response)
  // Another program can listen there.
  if (!response.ok || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) throw new Error(`${url} gave no token: status ${response.status}. Is it the development issuer, from "npm run dev"?`)
  return text
}
