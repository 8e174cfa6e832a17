/**
 * Every reason to refuse a request before the protocol takes over: the closed list of codes in the log. The code and the
 * hint are for the operator; the caller learns only the `answer`.
 */

/** The answer to the caller. */
export interface AnswerRow {
  readonly status: 400 | 401 | 403 | 429 | 431 | 503
  /** The OAuth error code (RFC 6750 §3.1); none if the request has no credentials. */
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
  no_host: { status: 400, error: 'bad_request', description: 'The Host header is missing' },
  bad_request: { status: 400, error: 'bad_request', description: 'A header that may stand once is repeated' },
  too_many_headers: { status: 431, error: 'invalid_request', description: 'The request has more than 256 headers' },
  transfer_coding: { status: 400, error: 'bad_request', description: 'Send the body in no transfer coding but chunked' },
  too_many: { status: 429, error: 'too_many_requests', description: 'Too many requests; try again later' },
  overloaded: { status: 503, error: 'temporarily_unavailable', description: 'The server is busy; try again later' },
  unavailable: { status: 503, error: 'temporarily_unavailable', description: 'Access tokens cannot be checked just now' }
} as const satisfies Record<string, AnswerRow>

/** The name of an answer, in this code only: the caller sees its row. */
export type Answer = keyof typeof answers

/** Every answer to a refused request. Its objects never change, so a challenge can be kept for each. */
export const ANSWERS: Readonly<Record<Answer, AnswerRow>> = answers

interface ReasonRow {
  readonly answer: Answer
  /** For the operator: what is likely wrong, naming the Auth0 setting where one is at fault. */
  readonly hint: string
}

const rows = {
  // Credentials (RFC 6750 §2)
  no_credentials: { answer: 'login', hint: 'No access token came with the request; every login begins like this, so it needs attention only if it stays' },
  other_scheme: { answer: 'login', hint: 'Only the Bearer scheme is accepted; send "Authorization: Bearer <token>"' },
  token_in_query: { answer: 'login', hint: 'The token is in the query string, which is never read; send it in the Authorization header' },
  duplicate_credentials: { answer: 'invalid_request', hint: 'The request has several credentials; send one Authorization header and no access_token in the query' },
  malformed_credentials: { answer: 'invalid_request', hint: 'The Authorization header has more than one part after Bearer; send "Authorization: Bearer <token>"' },

  // The token as a JWS (RFC 7515, RFC 8725)
  token_too_long: { answer: 'invalid_token', hint: 'The token is longer than Node\'s header limit; raise --max-http-header-size or put fewer claims into the token' },
  opaque_token: { answer: 'invalid_token', hint: 'The token is no JWT, because the client asked for no audience or resource; switch on the tenant\'s Resource Parameter Compatibility Profile' },
  jwe_no_audience: { answer: 'encrypted_token', hint: 'Auth0 encrypts a token that was requested without an audience; switch on the tenant\'s Resource Parameter Compatibility Profile' },
  jwe_unsupported: { answer: 'encrypted_token', hint: 'The API encrypts its access tokens; switch off token encryption of the API' },
  malformed: { answer: 'invalid_token', hint: 'The token is not three parts of base64url that hold JSON; perhaps it was cut, quoted or encoded again on its way' },
  hs256_token: { answer: 'invalid_token', hint: 'The API signs with HS256; set its signing algorithm to RS256' },
  algorithm: { answer: 'invalid_token', hint: 'Only RS256 is accepted; see the signing algorithm of the API' },
  critical_header: { answer: 'invalid_token', hint: 'The header has crit, b64, zip or cty, which are not supported; the issuer must leave them out' },
  token_type: { answer: 'invalid_token', hint: 'The typ header names another kind of JWT, or TOKEN_PROFILE=rfc9068 is set and the API issues Auth0\'s own profile' },
  no_key_id: { answer: 'invalid_token', hint: 'The kid header is missing or is not text of 1 to 256 characters; a token from Auth0 always has one' },
  unknown_key: { answer: 'invalid_token', hint: 'The issuer lists no key with this kid; the key was revoked, or the token comes from another issuer' },
  key_unusable: { answer: 'invalid_token', hint: 'The key set lists this kid, but the key may not verify, for the fault that was found; RS256 needs an RSA signing key of 2048 bits or more' },
  bad_signature: { answer: 'invalid_token', hint: 'The issuer\'s key did not sign this token; it was changed on its way, or somebody else made it' },

  // Claims (RFC 7519, RFC 9068, Auth0's profiles)
  issuer_mismatch: { answer: 'invalid_token', hint: 'The token comes from another issuer; AUTH0_DOMAIN must name the domain that clients use, a custom domain included' },
  issuer_slash_only: { answer: 'invalid_token', hint: 'Auth0\'s issuer ends with a slash, and this token\'s does not; it was not issued by Auth0' },
  audience_missing: { answer: 'invalid_token', hint: 'The token is for no API; the client must ask for the audience or resource of this server' },
  audience_mismatch: { answer: 'invalid_token', hint: 'The token is for another API; AUTH0_AUDIENCE must equal the API identifier, byte for byte' },
  audience_slash_only: { answer: 'invalid_token', hint: 'The audience differs by the trailing slash only; an API identifier cannot be changed, so create the API anew or set AUTH0_AUDIENCE' },
  id_token: { answer: 'invalid_token', hint: 'This is an ID token; the client must send the access token' },
  other_jwt: { answer: 'invalid_token', hint: 'The claims are those of another kind of JWT; the client must send the access token' },
  subject: { answer: 'invalid_token', hint: 'The sub claim is missing, blank or longer than 1024 characters; an access token names its subject' },
  client: { answer: 'invalid_token', hint: 'Neither azp nor client_id names the client: perhaps an ID token; the client must send the access token' },
  client_mismatch: { answer: 'invalid_token', hint: 'azp and client_id name different clients; an Action or a proxy may have changed the token' },
  expired: { answer: 'expired_token', hint: 'The token expired; if this happens to fresh tokens, check the clock of this host' },
  expiry: { answer: 'invalid_token', hint: 'The exp claim is missing or is not a date in seconds since 1970; the issuer must set it' },
  issued_at: { answer: 'invalid_token', hint: 'The iat claim is missing, is not a date in seconds since 1970, or is after exp; the issuer must set it' },
  issued_in_future: { answer: 'invalid_token', hint: 'The token is not issued yet; check the clock of this host' },
  not_yet_valid: { answer: 'invalid_token', hint: 'The nbf claim is not a date or lies ahead; check the clock of this host' },
  too_old: { answer: 'old_token', hint: 'The token is older than MAX_TOKEN_AGE; the client must get a new one' },
  token_id: { answer: 'invalid_token', hint: 'The jti claim is missing, and TOKEN_PROFILE=rfc9068 needs it; use that profile for the API or set TOKEN_PROFILE=any' },
  sender_constrained: { answer: 'invalid_token', hint: 'The token is bound to a key (cnf) and may not be used as a plain Bearer token; see the API\'s sender constraining' },
  scope_claim: { answer: 'invalid_token', hint: 'The scope claim is not a string; an Action may have changed it' },
  actor: { answer: 'invalid_token', hint: 'The act claim must be nested objects with sub, at most five deep' },

  // What the caller may do
  insufficient_scope: { answer: 'insufficient_scope', hint: 'The token lacks a scope that was expected; give the user a role with the permission (RBAC), or grant the client the scope' },
  client_not_allowed: { answer: 'access_denied', hint: 'The client is not in ALLOWED_CLIENTS; add its id there if it may call' },
  organization: { answer: 'access_denied', hint: 'org_id is not in REQUIRED_ORG; the user must log in with that organization' },
  machine_not_allowed: { answer: 'access_denied', hint: 'ALLOW_M2M=false and this token was issued to an application for itself' },

  // The request
  no_host: { answer: 'no_host', hint: 'HTTP/1.1 requires a Host header (RFC 9112 §3.2)' },
  host: { answer: 'forbidden', hint: 'The Host is not that of MCP_RESOURCE_URL: set MCP_RESOURCE_URL to the URL that clients use, such as that of the tunnel; ALLOWED_HOSTS, if set, lists all names in its place' },
  origin: { answer: 'forbidden', hint: 'The page\'s origin is not that of MCP_RESOURCE_URL; add it to ALLOWED_ORIGINS to let the page call this server' },
  repeated_header: { answer: 'bad_request', hint: 'Host or Content-Type stands twice; a proxy or the client adds it a second time' },
  too_many_headers: { answer: 'too_many_headers', hint: 'The request has more than 256 headers; clients send about ten, and a proxy in front may add some' },
  transfer_coding: { answer: 'transfer_coding', hint: 'Transfer-Encoding names a coding beside chunked, and the server decodes none; the client or a proxy must send the body as it is' },

  // Limits
  rate_limited: { answer: 'too_many', hint: 'The caller made too many tool calls or the address sent too many bad tokens; see RATE_LIMIT_MAX, CONCURRENT_CALLS_MAX, REFUSAL_LIMIT_MAX and the limits of the tool' },

  // Faults of this server
  overloaded: { answer: 'overloaded', hint: 'The event loop is late by more than half a second; raise WORKERS, add machines, or look for a tool that computes for long without a pause' },
  too_much_waiting: { answer: 'overloaded', hint: 'More than 64 MiB of answers wait for clients that do not read them, and their connections are just being ended; look for the lines "connection ended"' },
  keys_unavailable: { answer: 'unavailable', hint: 'The issuer\'s keys cannot be fetched; see the warnings about the key set' }
} as const satisfies Record<string, ReasonRow>

/** A reason code. The set is closed: logs and metrics may rely on it. */
export type Reason = keyof typeof rows

/** Every reason, with its answer; docs/security.md lists the same. */
export const REASONS: Readonly<Record<Reason, ReasonRow>> = rows
