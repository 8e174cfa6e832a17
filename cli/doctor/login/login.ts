import { createHash, randomBytes } from 'node:crypto'
import type { Config } from '../../../config.ts'
import { tools } from '../../../tools/index.ts'
import { ask, fetchJson, type JsonAnswer } from '../../fetch-json.ts'
import { bad, good, inWords, type Check, type CheckId } from '../check.ts'
import { checkCalls, checkWhoami } from '../calls.ts'
import { checkToken } from '../token.ts'
import { listenForCallback } from './callback.ts'
import { mendOf, wordsIn } from './causes.ts'

export interface LoginOptions {
  /** The id of a client, or the address of its metadata document. Default: a client that registers for this login. */
  readonly clientId?: string | undefined
  /** The secret of the client, if it has one. It goes to the token endpoint in the body (`client_secret_post`). */
  readonly clientSecret?: string | undefined
  /** The callback URL, on loopback. Default: any port. */
  readonly callback?: string | undefined
  /** Sends the user to the login. */
  open (url: URL): void
  /** How long to wait for the browser, in milliseconds. */
  readonly waitMs: number
}

const FORM = 'status 200 and an access token'
/** The issuer fetches a document from the internet, so this command has none of its own on loopback. */
const BY_DOCUMENT = 'The issuer takes metadata documents (CIMD): log in by one that is imported, such as --client-id https://claude.ai/oauth/claude-code-client-metadata --callback http://localhost:8080/callback.'
/** Redirects that are followed on the way to the login page. */
const MAX_REDIRECTS = 10

/** Plays an MCP client against the first issuer (MCP specification, "Authorization"). Ends at the first step that fails. */
export async function checkLogin (config: Config, options: LoginOptions): Promise<Check[]> {
  const callback = await listenForCallback(options.callback ?? 'http://127.0.0.1:0/callback', options.waitMs)
  const checks: Check[] = []
  try {
    await steps(checks, config, options, callback.url, callback.answer)
  } catch (error) {
    const { message } = error as Error
    checks.push(bad('login', 'login', message, 'an answer', mendOf(message)))
  } finally {
    callback.close()
  }
  return checks
}

async function steps (checks: Check[], config: Config, options: LoginOptions, redirect: string, answer: Promise<URLSearchParams | undefined>): Promise<void> {
  const { issuers: [issuer], resourceUrl } = config
  const { document: metadata } = await fetchJson(`${issuer}.well-known/openid-configuration`)
  const clientId = options.clientId ?? await register(checks, metadata, redirect)
  if (clientId === undefined) return

  const scopes = [...new Set(tools.flatMap(tool => tool.scopes))]
  const [verifier, state] = [randomBytes(32).toString('base64url'), randomBytes(16).toString('base64url')]
  const url = new URL(String(metadata['authorization_endpoint']))
  url.search = String(new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirect, resource: resourceUrl, scope: scopes.join(' '), state, code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' }))

  if (!push(checks, await loginPage(url))) return
  options.open(url)
  const params = await answer
  if (!push(checks, comeBack(params, state, metadata))) return
  const form = { grant_type: 'authorization_code', client_id: clientId, code: (params as URLSearchParams).get('code') as string, code_verifier: verifier, redirect_uri: redirect, resource: resourceUrl, ...(options.clientSecret !== undefined && { client_secret: options.clientSecret }) }
  const { status, document } = await fetchJson(String(metadata['token_endpoint']), { method: 'POST', body: new URLSearchParams(form) })
  const token = document['access_token']
  if (typeof token !== 'string') {
    // Not the whole answer, which may hold other tokens.
    checks.push(failure('login-token', 'token', { status, document: { error: document['error'], error_description: document['error_description'] } }, FORM))
    return
  }
  checks.push(good('login-token', 'token', `status ${status}`), ...await checkToken(token, config, scopes))
  if (checks.every(({ ok }) => ok)) checks.push(...await checkCalls(resourceUrl, token), await checkWhoami(resourceUrl, token))
}

async function register (checks: Check[], metadata: JsonAnswer['document'], redirect: string): Promise<string | undefined> {
  const body = JSON.stringify({ client_name: 'Doctor', redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'none' })
  const answer = await fetchJson(String(metadata['registration_endpoint']), { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { client_id: id } = answer.document
  if (typeof id === 'string') {
    checks.push(good('login-registration', 'registration', `client ${id}`))
    return id
  }
  const check = failure('login-registration', 'registration', answer, 'status 201 and a client_id')
  checks.push(metadata['client_id_metadata_document_supported'] === true ? { ...check, mend: `${check.mend} ${BY_DOCUMENT}` } : check)
}

/** Opens the login as a browser that has not signed in: a wrong set-up shows before the user is asked. */
async function loginPage (url: URL): Promise<Check> {
  let response = await ask(url.href, {})
  for (let count = 0; count < MAX_REDIRECTS; count++) {
    const location = response.headers.get('location')
    if (location === null || new URL(location, url).origin !== url.origin) break
    const cookie = response.headers.getSetCookie().map(line => line.split(';')[0]).join('; ')
    response = await ask(new URL(location, url).href, { headers: { cookie } })
  }
  const found = `status ${response.status}, ${response.headers.get('location') ?? wordsIn(await response.text())}`
  return response.status === 200 ? good('login-request', 'authorization request', 'status 200, a login page') : bad('login-request', 'authorization request', found, 'status 200, a login page', mendOf(decodeURIComponent(found.replaceAll('+', ' '))))
}

/** Checks what the browser brings back (RFC 9207 §2.4 for `iss`). */
function comeBack (params: URLSearchParams | undefined, state: string, { issuer, authorization_response_iss_parameter_supported: named }: JsonAnswer['document']): Check {
  const expected = `code, the state that was sent, and iss ${inWords(named === true ? issuer : undefined)}`
  if (params === undefined) return bad('login-browser', 'browser', 'nobody came back in time', expected, 'If the page shows an error, look for its words in docs/troubleshooting.md; after "Deny" Auth0 never calls a client of others back.')
  const isGood = params.has('code') && params.get('state') === state && (params.get('iss') ?? undefined) === (named === true ? issuer : undefined)
  const found = [...params].map(([name, value]) => `${name} ${name === 'code' || name === 'state' ? '(not shown)' : value}`).join(', ')
  return isGood ? good('login-browser', 'browser', found) : bad('login-browser', 'browser', found, expected, mendOf(found))
}

function push (checks: Check[], check: Check): boolean {
  checks.push(check)
  return check.ok
}

function failure (id: CheckId, title: string, { status, document }: Pick<JsonAnswer, 'status' | 'document'>, expected: string): Check {
  const found = `status ${status}, ${inWords(document)}`
  return bad(id, title, found, expected, mendOf(found))
}
