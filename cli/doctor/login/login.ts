import { randomBytes } from 'node:crypto'
import type { Config } from '../../../config.ts'
import { scopesOf, type Tool } from '../../../mcp/tool.ts'
import { tools as allTools } from '../../../tools/index.ts'
import { fetchJson, type JsonAnswer } from '../../fetch-json.ts'
import { bad, good, type Check } from '../check.ts'
import { checkCalls, checkWhoami } from '../calls.ts'
import { checkExchange } from '../token-exchange.ts'
import { checkToken } from '../token.ts'
import { checkAnswer } from './answer.ts'
import { listenForCallback } from './callback.ts'
import { mendOf, refused } from './causes.ts'
import { DOCUMENTS, findDocument, type KnownDocument } from './documents.ts'
import { register } from './registration.ts'
import { authorizationUrl, loginPage } from './request.ts'

/** How the login is done. */
export interface LoginOptions {
  /** The id of a client, or the address of its metadata document. Default: a client that registers for this login. */
  readonly clientId?: string | undefined
  /** The secret of the client, if it has one. It goes to the token endpoint in the body (`client_secret_post`). */
  readonly clientSecret?: string | undefined
  /** The callback URL, on loopback. Default: any port. */
  readonly callback?: string | undefined
  /** Documents to log in by where no client may register. Default: those that makers of clients publish. */
  readonly documents?: readonly KnownDocument[]
  /** The tools of the server. Default: those of tools/index.ts. */
  readonly tools?: readonly Tool[]
  /** Sends the user to the login. */
  open (url: URL): void
  /** How long to wait for the browser, in milliseconds. */
  readonly waitMs: number
}

const FORM = 'status 200 and an access token'

/** Plays an MCP client against the first issuer (MCP specification, "Authorization"). Ends at the first step that fails. */
export async function checkLogin (config: Config, options: LoginOptions): Promise<Check[]> {
  const { checks, metadata } = await play(config, options)
  const isRefused = checks.at(-1)?.id === 'login-registration'
  if (!isRefused || metadata?.['client_id_metadata_document_supported'] !== true) return checks

  // The issuer fetches a document from the internet, so this command has none of its own on loopback.
  const known = options.documents ?? DOCUMENTS
  const found = await findDocument(known, config, metadata)
  if (found === undefined) {
    const names = known.map(({ name }) => name)
    const advice = `The issuer takes metadata documents (CIMD), but none of ${names.join(', ')} can log in by its own: import one, such as by npm run tenant -- apply --client ${names[0]}, or name yours with --client-id URL.`
    return checks.map(check => ({ ...check, mend: `${check.mend} ${advice}` }))
  }
  const { checks: rest } = await play(config, { ...options, clientId: found.url, callback: found.callback })
  return [good('login-registration', 'registration', `none, but the metadata document of ${found.name} is imported`), ...rest]
}

interface LoginRun {
  readonly checks: Check[]
  /** The metadata of the issuer, if it answered. */
  readonly metadata: JsonAnswer['document'] | undefined
}

async function play (config: Config, options: LoginOptions): Promise<LoginRun> {
  const callback = await listenForCallback(options.callback ?? 'http://127.0.0.1:0/callback', options.waitMs)
  const checks: Check[] = []
  let metadata: JsonAnswer['document'] | undefined
  try {
    metadata = (await fetchJson(`${config.issuers[0]}.well-known/openid-configuration`)).document
    await steps(checks, config, options, metadata, callback.url, callback.answer)
  } catch (error) {
    const { message } = error as Error
    checks.push(bad('login', 'login', message, 'an answer', mendOf(message)))
  } finally {
    callback.close()
  }
  return { checks, metadata }
}

async function steps (checks: Check[], config: Config, options: LoginOptions, metadata: JsonAnswer['document'], redirect: string, answer: Promise<URLSearchParams | undefined>): Promise<void> {
  const { resourceUrl } = config
  const { tools = allTools } = options
  const clientId = options.clientId ?? await register(metadata, redirect, check => checks.push(check))
  if (clientId === undefined) return
  const scopes = scopesOf(...tools)
  const [verifier, state] = [randomBytes(32).toString('base64url'), randomBytes(16).toString('base64url')]
  const url = authorizationUrl(metadata, { client_id: clientId, redirect_uri: redirect, resource: resourceUrl, scope: scopes.join(' '), state }, verifier)

  if (!push(checks, await loginPage(url))) return
  options.open(url)
  const params = await answer
  if (!push(checks, checkAnswer(params, state, metadata))) return
  const form = {
    grant_type: 'authorization_code',
    client_id: clientId,
    code: (params as URLSearchParams).get('code') as string,
    code_verifier: verifier,
    redirect_uri: redirect,
    resource: resourceUrl,
    ...(options.clientSecret !== undefined && { client_secret: options.clientSecret })
  }
  const { status, document } = await fetchJson(String(metadata['token_endpoint']), { method: 'POST', body: new URLSearchParams(form) })
  const token = document['access_token']
  if (typeof token !== 'string') {
    // Not the whole answer, which may hold other tokens.
    checks.push(refused('login-token', 'token', { status, document: { error: document['error'], error_description: document['error_description'] } }, FORM))
    return
  }
  checks.push(good('login-token', 'token', `status ${status}`), ...await checkToken(token, config, scopes))
  if (checks.every(({ ok }) => ok)) checks.push(...await checkCalls(resourceUrl, token), await checkWhoami(resourceUrl, token), ...await checkExchange(token, config, tools))
}

function push (checks: Check[], check: Check): boolean {
  checks.push(check)
  return check.ok
}
