/**
 * Every reason why a request is turned away before the protocol takes over: the closed list of codes that
 * logs carry. The code and the hint are for the operator; the caller learns the `answer` and nothing else.
 */

/** What the caller is told. */
export interface AnswerRow {
  readonly status: 400 | 401 | 403 | 503
  /** The OAuth error code (RFC 6750 §3.1); none where no credentials came. */
  readonly error?: string
  readonly description: string
  /** Whether `WWW-Authenticate` goes with it: only where another token would help. */
  readonly challenged?: boolean
}

const answers = {
  /** No usable credentials: 401 and a bare challenge, so that clients start to log in. */
  login: { status: 401, description: 'Authentication required', challenged: true },
  invalid_token: { status: 401, error: 'invalid_token', description: 'The access token is not valid', challenged: true },
  expired_token: { status: 401, error: 'invalid_token', description: 'The access token expired', challenged: true },
  old_token: { status: 401, error: 'invalid_token', description: 'The access token is too old', challenged: true },
  encrypted_token: { status: 401, error: 'invalid_token', description: 'Encrypted token; request it with the API audience', challenged: true },
  invalid_request: { status: 400, error: 'invalid_request', description: 'Send exactly one access token, in the Authorization header', challenged: true },
  insufficient_scope: { status: 403, error: 'insufficient_scope', description: 'The access token lacks a scope that this needs', challenged: true },
  access_denied: { status: 403, error: 'access_denied', description: 'This caller is not admitted here' },
  forbidden: { status: 403, error: 'forbidden', description: 'Requests from or for this host are not accepted' },
  bad_request: { status: 400, error: 'bad_request', description: 'A header that may stand once is repeated' },
  unavailable: { status: 503, error: 'temporarily_unavailable', description: 'Access tokens cannot be checked just now' }
} as const satisfies Record<string, AnswerRow>

/** The name of an answer, in this code only: the caller sees its row. */
export type Answer = keyof typeof answers

/** Every answer to a refused request. Its objects are the same for good, so that a challenge can be kept for each. */
export const ANSWERS: Readonly<Record<Answer, AnswerRow>> = answers

interface ReasonRow {
  readonly answer: Answer
  /** For the operator: what is likely wrong, naming the Auth0 setting where one is at fault. */
  readonly hint?: string
}

const rows = {
  // Credentials (RFC 6750 §2)
  no_credentials: { answer: 'login' },
  other_scheme: { answer: 'login', hint: 'Only Bearer tokens are accepted' },
  token_in_query: { answer: 'login', hint: 'A token in the query string is never read; send it in the Authorization header' },
  duplicate_credentials: { answer: 'invalid_request', hint: 'Several credentials in one request' },
  malformed_credentials: { answer: 'invalid_request', hint: 'Expected "Authorization: Bearer <token>"' },

  // The token as a JWS (RFC 7515, RFC 8725)
  token_too_long: { answer: 'invalid_token', hint: 'Longer than Node\'s header limit (--max-http-header-size)' },
  opaque_token: { answer: 'invalid_token', hint: 'Not a JWT: the client asked for no audience or resource; switch on the tenant\'s Resource Parameter Compatibility Profile' },
  jwe_no_audience: { answer: 'encrypted_token', hint: 'Auth0 encrypts tokens that were requested without an audience; switch on the tenant\'s Resource Parameter Compatibility Profile' },
  jwe_unsupported: { answer: 'encrypted_token', hint: 'The API encrypts its access tokens; switch off token encryption of the API' },
  malformed: { answer: 'invalid_token' },
  hs256_token: { answer: 'invalid_token', hint: 'The API signs with HS256; set its signing algorithm to RS256' },
  algorithm: { answer: 'invalid_token', hint: 'Only RS256 is accepted; see the signing algorithm of the API' },
  critical_header: { answer: 'invalid_token', hint: 'crit, b64, zip and cty are not supported' },
  token_type: { answer: 'invalid_token', hint: 'The typ header names another kind of JWT, or TOKEN_PROFILE=rfc9068 and the API issues Auth0\'s own profile' },
  no_key_id: { answer: 'invalid_token', hint: 'The kid header is missing or not usable' },
  unknown_key: { answer: 'invalid_token', hint: 'No key of the issuer has this kid' },
  key_unusable: { answer: 'invalid_token', hint: 'The key set lists this kid, but not as an RSA signing key of 2048 bits or more for RS256' },
  bad_signature: { answer: 'invalid_token' },

  // Claims (RFC 7519, RFC 9068, Auth0's profiles)
  issuer_mismatch: { answer: 'invalid_token', hint: 'AUTH0_DOMAIN must name the domain that clients use, a custom domain included' },
  issuer_slash_only: { answer: 'invalid_token', hint: 'Auth0\'s issuer ends with a slash' },
  audience_missing: { answer: 'invalid_token' },
  audience_mismatch: { answer: 'invalid_token', hint: 'The token is for another API; AUTH0_AUDIENCE must equal the API identifier, byte for byte' },
  audience_slash_only: { answer: 'invalid_token', hint: 'Differs by the trailing slash only; an API identifier cannot be changed, so create the API anew or set AUTH0_AUDIENCE' },
  id_token: { answer: 'invalid_token', hint: 'This is an ID token; the client must send the access token' },
  other_jwt: { answer: 'invalid_token', hint: 'The claims are those of another kind of JWT' },
  subject: { answer: 'invalid_token' },
  client: { answer: 'invalid_token', hint: 'Neither azp nor client_id names the client' },
  client_mismatch: { answer: 'invalid_token', hint: 'azp and client_id disagree' },
  expired: { answer: 'expired_token', hint: 'If this happens to fresh tokens, check the clock of this host' },
  expiry: { answer: 'invalid_token' },
  issued_at: { answer: 'invalid_token' },
  issued_in_future: { answer: 'invalid_token', hint: 'Check the clock of this host' },
  not_yet_valid: { answer: 'invalid_token', hint: 'Check the clock of this host' },
  too_old: { answer: 'old_token', hint: 'Older than MAX_TOKEN_AGE' },
  token_id: { answer: 'invalid_token', hint: 'TOKEN_PROFILE=rfc9068 needs jti' },
  sender_constrained: { answer: 'invalid_token', hint: 'The token is bound to a key (cnf) and may not be used as a plain Bearer token; see the API\'s sender constraining' },
  scope_claim: { answer: 'invalid_token', hint: 'scope must be a string' },
  actor: { answer: 'invalid_token', hint: 'act must be nested objects with sub, at most five deep' },

  // What the caller may do
  insufficient_scope: { answer: 'insufficient_scope', hint: 'Give the user a role with the permission (RBAC), or grant the client the scope' },
  client_not_allowed: { answer: 'access_denied', hint: 'Not in ALLOWED_CLIENTS' },
  organization: { answer: 'access_denied', hint: 'org_id is not REQUIRED_ORG' },
  machine_not_allowed: { answer: 'access_denied', hint: 'ALLOW_M2M=false' },

  // The request
  host: { answer: 'forbidden', hint: 'See ALLOWED_HOSTS' },
  origin: { answer: 'forbidden', hint: 'See ALLOWED_ORIGINS' },
  repeated_header: { answer: 'bad_request' },

  // Our own trouble
  keys_unavailable: { answer: 'unavailable', hint: 'The issuer\'s keys cannot be had; see the warnings about the key set' }
} as const satisfies Record<string, ReasonRow>

/** A reason code. The set is closed: logs and metrics may rely on it. */
export type Reason = keyof typeof rows

/** Every reason, with its answer; docs/security.md lists the same. */
export const REASONS: Readonly<Record<Reason, ReasonRow>> = rows
