import { createHash, randomBytes } from 'node:crypto'
import { createUser, type User } from '../e2e/login-user.ts'

/** An answer in JSON. */
export interface Answer {
  readonly status: number
  // Untyped: a test that reads a member that is not there fails.
  readonly body: any
}

/** Parameters of a form or of a query. An undefined one is left out. */
export type Params = Readonly<Record<string, string | undefined>>

/** Which login to run. */
export interface LoginOptions {
  /** Default: a new one. */
  readonly user?: User
  /** Default: a client that registers for this login. */
  readonly clientId?: string
  /** Whether the code is exchanged for a token. Default: true */
  readonly redeem?: boolean
  /** Parameters of the authorization request. */
  readonly [param: string]: unknown
}

/** A finished login. */
export interface Login {
  readonly user: User
  readonly clientId: string
  readonly code: string
  /** The form of the token request. */
  readonly form: Params
  /** Its answer. Status 0 if the code was not exchanged. */
  readonly answer: Answer
}

/** The single requests of a login, to send them in another order or with other parameters than a client would. */
export interface OAuth {
  /** Registers a client. */
  register (metadata: object): Promise<Answer>
  /** The id of a client that just registered. */
  newClient (metadata?: object): Promise<string>
  /** The authorization URL of a client. */
  authorization (params: Params): URL
  /** Sends a token request. */
  token (form: Params): Promise<Answer>
  /** A whole login, from a registration to a token. */
  login (options: LoginOptions): Promise<Login>
}

/** The redirect URI of every client. */
export const CALLBACK = 'http://localhost:6274/oauth/callback'
/** The PKCE verifier of every login. */
export const VERIFIER = randomBytes(32).toString('base64url')

/** The requests to an issuer, for tokens for this resource. */
export function oauth (issuer: string, resource: string): OAuth {
  return { register, newClient, authorization, token, login }

  function register (metadata: object): Promise<Answer> {
    return json(`${issuer}oidc/register`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(metadata) })
  }

  async function newClient (metadata: object = {}): Promise<string> {
    const { body } = await register({ client_name: '<Tests>', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none', ...metadata })
    return body.client_id
  }

  function authorization (params: Params): URL {
    const url = new URL(`${issuer}authorize`)
    url.search = String(search({
      response_type: 'code',
      redirect_uri: CALLBACK,
      resource,
      scope: 'tool:whoami',
      state: 'xyz',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
      ...params
    }))
    return url
  }

  function token (form: Params): Promise<Answer> {
    return json(`${issuer}oauth/token`, { method: 'POST', body: search(form) })
  }

  async function login ({ user = createUser(), clientId, redeem = true, ...params }: LoginOptions): Promise<Login> {
    clientId ??= await newClient()
    const back = await user.login(authorization({ client_id: clientId, ...params as Params }))
    const code = back.searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', client_id: clientId, code, code_verifier: VERIFIER, redirect_uri: CALLBACK }
    return { user, clientId, code, form, answer: redeem ? await token(form) : { status: 0, body: undefined } }
  }
}

/** Sends a request whose answer is JSON. Gives up after 10 s. */
export async function json (url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000), ...init })
  return { status: response.status, body: await response.json() }
}

/** The parameters that are defined. */
export function search (params: Params): URLSearchParams {
  return new URLSearchParams(Object.entries(params).filter((param): param is [string, string] => param[1] !== undefined))
}
