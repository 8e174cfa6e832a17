import type { Reason } from '../../auth/reasons.ts'

const PROFILE = 'auth0 api patch tenants/settings --data \'{"resource_parameter_profile":"compatibility"}\' (Dashboard > Settings > Advanced > Resource Parameter Compatibility Profile)'
const API = 'Dashboard > Applications > APIs > your API > Settings'

const CAUSES: Partial<Record<Reason, string>> = {
  no_credentials: 'The shell variable was most likely empty: run the command that gets the token by itself and look at its error.',
  malformed_credentials: 'Pass the token alone, without quotes and without a second word.',
  token_too_long: 'Custom claims with long lists of groups are the usual cause: put identifiers into the token and look the rest up.',
  opaque_token: `Almost always the client sent "resource" and Auth0 ignored it: ${PROFILE}; then log in again, since a refreshed token stays opaque.`,
  jwe_no_audience: `This is the most frequent fault of MCP with Auth0: the client sent no audience, or Auth0 ignored its "resource": ${PROFILE}; then log in again.`,
  jwe_unsupported: `Token encryption was switched on for the API: ${API} > Token Encryption, or auth0 api patch resource-servers/API_ID --data '{"token_encryption":null}'.`,
  malformed: 'A token that was copied from a terminal often lacks its end or has a line break in it: pipe it instead, as in "npm run -s token | npm run doctor -- --token -".',
  hs256_token: `Auth0 signs with HS256 if this was chosen when the API was made: auth0 api patch resource-servers/API_ID --data '{"signing_alg":"RS256"}' (${API} > Token Settings).`,
  algorithm: `PS256 and HS256 can be chosen for an API: auth0 api patch resource-servers/API_ID --data '{"signing_alg":"RS256"}' (${API} > Token Settings).`,
  critical_header: 'Auth0 sets none of these: the token most likely comes from another issuer.',
  token_type: `With TOKEN_PROFILE=rfc9068 the API needs that profile too: auth0 api patch resource-servers/API_ID --data '{"token_dialect":"rfc9068_profile_authz"}' (${API} > JSON Web Token (JWT) Profile).`,
  no_key_id: 'A token of a test script or of another library often has no kid; Auth0 always writes one.',
  unknown_key: 'A token of another tenant, or one from before the signing key was revoked: get a new token. A restarted development issuer with --fresh has a new key too.',
  key_unusable: 'Look at the key set with "npm run doctor": it names the fault of each key.',
  bad_signature: 'Somebody edited the token, as one does on a web page that decodes tokens, or the last characters were lost when it was copied.',
  issuer_mismatch: 'The same tenant issues under its own domain and under each custom domain: list every domain that clients use in AUTH0_DOMAIN, separated by commas.',
  issuer_slash_only: 'A hand-made token in a test is the usual cause.',
  audience_missing: `The client asked for no API: ${PROFILE}, or add "audience" to the request.`,
  audience_mismatch: 'Another API of the tenant was asked for, or the tenant has a Default Audience, which wins over "resource": empty it (Dashboard > Settings > General > API Authorization Settings), or create an API with the expected identifier: auth0 apis create --identifier "$MCP_RESOURCE_URL".',
  audience_slash_only: 'Somebody wrote the API identifier or MCP_RESOURCE_URL with a slash too many: the identifier cannot be edited, so create a second API with the expected one: auth0 apis create --identifier "$MCP_RESOURCE_URL".',
  id_token: 'The client picked id_token from the answer of the token endpoint: it must take access_token, and leave the scope "openid" out if it needs no profile.',
  other_jwt: 'A logout or event token was sent by mistake.',
  subject: 'An Action cannot remove sub, so the token does not come from Auth0 as it is.',
  client: 'A hand-made token in a test is the usual cause; every access token of Auth0 names its client.',
  client_mismatch: 'Auth0 never writes both: look for a proxy or a gateway that issues tokens of its own.',
  expired: 'The client holds on to an old token: it must refresh it, which needs the scope offline_access and "Allow Offline Access" at the API.',
  expiry: 'A hand-made token in a test is the usual cause; milliseconds in place of seconds are another one.',
  issued_at: 'A hand-made token in a test is the usual cause; milliseconds in place of seconds are another one.',
  issued_in_future: 'The clock of this host is behind, as in a virtual machine that was asleep: synchronize it by NTP.',
  not_yet_valid: 'The clock of this host is behind, or the token was made for later: synchronize the clock by NTP.',
  too_old: 'The lifetime of the API is longer than MAX_TOKEN_AGE: shorten it with auth0 apis update API_ID --token-lifetime 3600, or raise MAX_TOKEN_AGE.',
  token_id: `Auth0 writes jti only in RFC 9068's profile: auth0 api patch resource-servers/API_ID --data '{"token_dialect":"rfc9068_profile_authz"}' (${API}).`,
  sender_constrained: `The API binds its tokens by DPoP or mTLS: auth0 api patch resource-servers/API_ID --data '{"proof_of_possession":null}' (${API} > Sender Constraining).`,
  scope_claim: 'An Action or a gateway wrote scope as a list: it must be one string with spaces.',
  actor: 'The chain of delegation is broken or too long: look at the Action or the gateway that adds act.',
  client_not_allowed: 'A client that registers itself gets a new id each time: allow clients by hand only where they have a fixed id.',
  organization: 'The user logged in without the organization, or the client does not ask for one: Dashboard > Organizations > your organization > Connections.',
  machine_not_allowed: 'The token comes from client credentials, as that of "npm run token": use the token of a user, or set ALLOW_M2M=true.',
  insufficient_scope: 'Either the user has no role with the permission (auth0 users roles assign USER_ID --roles ROLE_ID), or the client did not ask for the scope, or the client grant lacks it (auth0 api get client-grants).',
  keys_unavailable: 'Run "npm run doctor" without a token: it tells whether the name, TLS or the answer of the issuer is at fault.'
}

/** The usual cause of a refusal, and where to correct it in Auth0. Empty for a reason that no token can have. */
export function usualCauseOf (reason: Reason): string {
  return CAUSES[reason] ?? ''
}
