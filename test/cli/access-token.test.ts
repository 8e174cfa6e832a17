import t from 'tap'
import { mintedToken } from '../../cli/access-token.ts'
import { faultOfKind } from '../../cli/unusable-token.ts'
import { loadConfig } from '../../config.ts'
import { makePair, signJwt } from '../../dev/signing.ts'

t.test('F-D3 token says what to start where no development issuer answers', async t => {
  await t.rejects(mintedToken({ PORT: '1' }), /^no answer from http:\/\/localhost:2\/dev\/token \(ECONNREFUSED\): start the development issuer with "npm run dev", or set AUTH0_DOMAIN$/)
})

t.test('token says what is wrong with a token that the server never accepts, and how to mend it', async t => {
  const config = loadConfig({ AUTH0_DOMAIN: 'tenant.eu.auth0.com', AUTH0_AUDIENCE: 'urn:api' })
  const jwe = (header: object): string => `${Buffer.from(JSON.stringify(header)).toString('base64url')}..aXY.Y2lwaGVy.dGFn`
  const jwt = (alg: string): string => signJwt({ alg, typ: 'JWT', kid: 'a' }, { iss: 'https://tenant.eu.auth0.com/', aud: 'urn:api' }, makePair().privateKey)
  const rows: ReadonlyArray<readonly [token: string, fault: RegExp]> = [
    [jwe({ alg: 'dir', enc: 'A256GCM' }), /^This is an encrypted token \(JWE\).* \(jwe_no_audience\)\. .* set AUTH0_AUDIENCE, which is "urn:api", to the identifier/],
    [jwe({ alg: 'RSA-OAEP-256', enc: 'A256GCM' }), /^This is an encrypted token \(JWE\) of an API.* \(jwe_unsupported\)\. Token encryption was switched on for the API: /],
    ['v3ryRand0mOpaqueT0ken', /^This is an opaque token.* \(opaque_token\)\. .* set AUTH0_AUDIENCE, /],
    [jwt('HS256'), /^This is a token signed with HS256.* \(hs256_token\)\. .*"signing_alg":"RS256"/]
  ]
  for (const [token, fault] of rows) t.match(faultOfKind(token, config), fault)
  t.equal(faultOfKind(jwt('RS256'), config), undefined)
})
