import { decodeJwt } from 'jose'
import t from 'tap'
import { EXCHANGE_GRANT, oboClient } from '../../dev/provider/clients.ts'
import { rfc9068 } from '../../dev/issuer.ts'
import { makePair } from '../../dev/signing.ts'
import { json } from '../support/oauth.ts'
import { serve } from '../e2e/login-server.ts'

const ORDERS = 'https://orders.example'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const tenant = { apis: [{ identifier: ORDERS, scopes: ['read:orders', 'write:orders'] }] }
const { authority } = await serve(t, { tenant })

/** Exchanges a token at the development issuer. */
function exchange (subjectToken: string, more: Record<string, string> = {}, issuer = authority.url): ReturnType<typeof json> {
  const { client_id: id, client_secret: secret } = oboClient
  return json(`${issuer}oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: EXCHANGE_GRANT, client_id: id, client_secret: secret, subject_token: subjectToken, subject_token_type: ACCESS_TOKEN, requested_token_type: ACCESS_TOKEN, audience: ORDERS, ...more })
  })
}

t.test('a token of a user becomes one for another API, with the chain of those who act', async t => {
  const { status, body } = await exchange(authority.token({ org_id: 'org_1' }), { scope: 'read:orders' })
  t.equal(status, 200)
  t.match(body, { token_type: 'Bearer', expires_in: 3600, issued_token_type: ACCESS_TOKEN })
  t.notOk('scope' in body)
  t.match(decodeJwt(body.access_token), { iss: authority.url, sub: /^auth0\|6553/, aud: ORDERS, client_id: 'dev-obo', scope: 'read:orders', org_id: 'org_1', act: { sub: 'dev-obo', act: { sub: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja' } } })

  const again = await exchange(authority.token({ ...rfc9068('a'), act: { sub: 'b', act: { sub: 'c' } } }))
  t.match(again.body, { scope: 'read:orders write:orders' }, 'all scopes, which are told since none was asked for')
  t.match(decodeJwt(again.body.access_token), { act: { sub: 'dev-obo', act: { sub: 'b', act: { sub: 'c' } } } })
  t.match(decodeJwt((await exchange(authority.token(rfc9068('a')))).body.access_token), { act: { act: { sub: 'a' } } })
  const bob = await exchange(authority.token({ sub: 'auth0|b0b000000000000000000002' }), { scope: 'read:orders' })
  t.match([bob.status, bob.body.scope, decodeJwt(bob.body.access_token).scope], [200, '', ''], 'no more than the user may')
})

t.test('refuses other tokens, other types and other APIs, in the words of Auth0', async t => {
  const rows: ReadonlyArray<readonly [string, string, Record<string, string>, number, object]> = [
    ['another key', authority.token({}, { key: makePair() }), {}, 400, { error: 'invalid_request' }],
    ['an expired token', authority.token({ exp: 1 }), {}, 400, { error: 'invalid_request' }],
    ['a token of another API', authority.token({ aud: ORDERS }), {}, 400, { error: 'invalid_request' }],
    ['a token of another issuer', authority.token({ iss: 'https://other.example/' }), {}, 400, { error: 'invalid_request' }],
    ['a machine', authority.token({ sub: 'a@clients' }), {}, 400, { error: 'invalid_request' }],
    ['no token', '', {}, 400, { error: 'invalid_request' }],
    ['another type', authority.token(), { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 400, { error: 'invalid_request' }],
    ['another type for it', authority.token(), { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 400, { error: 'invalid_request' }],
    ['another API', authority.token(), { audience: 'https://other.example' }, 403, { error: 'access_denied', error_description: /not authorized to access/ }],
    ['a long chain', authority.token({ act: { sub: 'a', act: { sub: 'b', act: { sub: 'c', act: { sub: 'd', act: { sub: 'e' } } } } } }), {}, 400, { error: 'invalid_request', error_description: /depth exceeds the maximum allowed limit of 4/ }],
    ['a wrong secret', authority.token(), { client_secret: 'wrong' }, 401, { error: 'invalid_client' }],
    ['a client without the grant', authority.token(), { client_id: 'dev-m2m', client_secret: 'dev-m2m-secret' }, 400, { error_description: /grant type is not allowed/ }]
  ]
  for (const [what, token, more, status, body] of rows) t.match(await exchange(token, more), { status, body }, what)

  const off = await serve(t, { tenant: { ...tenant, exchange: false } })
  t.match(await exchange(off.authority.token(), {}, off.authority.url), { status: 403, body: { error: 'access_denied', error_description: /may not exchange/ } }, 'the switch is off')
})
