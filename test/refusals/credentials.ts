import { call, request } from '../helper.ts'
import type { Row } from './run.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** B: credentials that are missing or malformed. */
export const credentialRows: readonly Row[] = [
  { name: 'B1 no Authorization: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: () => ({}) },
  { name: 'B2 Basic: a bare challenge', answer: 'CH', reason: 'other_scheme', ask: () => authorization('Basic dXNlcjpwYXNzd29yZC1hbmQtbW9yZQ==') },
  { name: 'B2 a scheme that starts like Bearer: a bare challenge', answer: 'CH', reason: 'other_scheme', ask: issuer => authorization(`Bearerish ${issuer.token()}`) },
  { name: 'B3 DPoP, which is not on: a bare challenge', answer: 'CH', reason: 'other_scheme', ask: issuer => authorization(`DPoP ${issuer.token()}`) },
  { name: 'B4 an empty header: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: () => authorization('') },
  { name: 'B5 a lone Bearer: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: () => authorization('Bearer') },
  { name: 'B5 Bearer and spaces: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: () => authorization('bearer  ') },
  { name: 'B6 a second part in the header: 400', answer: 'IR', reason: 'malformed_credentials', ask: issuer => authorization(`Bearer ${issuer.token()} more`) },
  { name: 'B8 two credentials in one header: 400', answer: 'IR', reason: 'malformed_credentials', ask: issuer => authorization(`Bearer ${issuer.token()}, Bearer ${issuer.token()}`) },
  { name: 'B8 a comma right after the scheme: 400', answer: 'IR', reason: 'malformed_credentials', ask: () => authorization('Bearer,a') },
  { name: 'B9 header and query: 400', answer: 'IR', reason: 'duplicate_credentials', ask: issuer => ({ token: issuer.token(), ...query(issuer.token()) }) },
  { name: 'B9 header and a query in disguise: 400', answer: 'IR', reason: 'duplicate_credentials', ask: issuer => ({ token: issuer.token(), url: `/mcp?a=1&acc%65ss_token=${issuer.token()}` }) },
  { name: 'B10 a good token in the query only: a bare challenge', answer: 'CH', reason: 'token_in_query', ask: issuer => query(issuer.token()) },
  { name: 'B11 a good token in a form: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: issuer => ({ headers: form, payload: `access_token=${issuer.token()}`, secrets: [issuer.token()] }) },
  { name: 'B12 bearer in lower case: whoami answers', answer: 200, ask: issuer => authorization(`bearer ${issuer.token()}`) },
  { name: 'B12 BEARER in upper case: whoami answers', answer: 200, ask: issuer => authorization(`BEARER ${issuer.token()}`) },
  { name: 'B13 several spaces before the token: whoami answers', answer: 200, ask: issuer => authorization(`Bearer    ${issuer.token()}`) },
  { name: 'B13 a tab before the token: 400', answer: 'IR', reason: 'malformed_credentials', ask: issuer => authorization(`Bearer\t${issuer.token()}`) },
  ...['undefined', 'null', '6553da60a54af58e29493993', '[object Object]'.replace(' ', '')].map(token => (
    { name: `B14 the opaque token ${token}: not valid`, answer: 'IT', reason: 'opaque_token', log: { hint: /audience or resource/ }, ask: () => token } as const
  )),
  ...['é', '%00', '"quoted"', 'back\\slash', '\u00a0', 'a\u0085b'].map(token => (
    { name: `B15 illegal characters ${JSON.stringify(token)}: not valid`, answer: 'IT', reason: 'opaque_token', ask: () => token } as const
  )),
  { name: 'B15 illegal characters in every segment: not valid', answer: 'IT', reason: 'malformed', ask: () => 'é.".%00' },
  { name: 'B16 a token beyond 16 KiB: not valid, unread', answer: 'IT', reason: 'token_too_long', log: { expected: 16384 }, ask: issuer => issuer.token({ padding: 'x'.repeat(13_000) }) },
  { name: 'B17 a good token in a cookie: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: issuer => elsewhere('cookie', `token=${issuer.token()}; access_token=${issuer.token()}`) },
  { name: 'B17 a good token in X-Access-Token: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: issuer => elsewhere('x-access-token', issuer.token()) },
  { name: 'B17 a good token in Proxy-Authorization: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: issuer => elsewhere('proxy-authorization', `Bearer ${issuer.token()}`) },
  { name: 'B17 a good token in _meta: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: issuer => ({ payload: request('tools/call', { name: 'whoami', _meta: { access_token: issuer.token() } }), secrets: [issuer.token()] }) },
  { name: 'B18 a notification without a token: a bare challenge, not 202', answer: 'CH', reason: 'no_credentials', ask: () => ({ payload: { jsonrpc: '2.0', method: 'notifications/initialized' } }) },
  { name: 'B19 a session id in place of a token: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: () => ({ headers: { 'mcp-session-id': '5f0c6d0e-2b2c-4f52-8a55-3f1d1c2e9b7a' } }) },
  { name: 'I7 bad JSON without a token: a bare challenge', answer: 'CH', reason: 'no_credentials', ask: () => ({ payload: '{"jsonrpc"' }) },
  { name: 'J3 a query with every spelling of a secret: none in the log', answer: 'CH', reason: 'no_credentials', ask: () => ({ url: '/mcp?token=a-secret-of-the-query&code=another-secret-of-it', payload: call('whoami'), secrets: ['a-secret-of-the-query', 'another-secret-of-it'] }) }
]

function authorization (value: string) {
  return { headers: { authorization: value } }
}

function query (token: string) {
  return { url: `/mcp?access_token=${token}`, secrets: [token, ...token.split('.')] }
}

function elsewhere (header: string, value: string) {
  return { headers: { [header]: value }, secrets: value.split(/[ ;.=]/) }
}
