import t from 'tap'
import type { Reason } from '../../auth/reasons.ts'
import type { Issuer } from '../../dev/issuer.ts'
import { publicJwk } from '../../dev/signing.ts'
import { build } from '../support/build.ts'
import { checkRow, testRows, type Row } from '../support/refusals.ts'
import { attacker, b64, claims, flipped, header, HMAC_SECRETS, hmac, jwe, key, respelt, signed, signedAs, unsigned, withSegment } from '../support/tokens.ts'
import { serve } from '../support/wire.ts'

const STRICT = { azp: undefined, client_id: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', jti: 'a2ff2a42' }

/** C: the token as a JWS. */
const rows: readonly Row[] = [
  it('C1 two segments', 'malformed', issuer => issuer.token().split('.').slice(0, 2).join('.')),
  it('C1 four segments', 'malformed', issuer => `${issuer.token()}.AAAA`),
  it('C1 six segments', 'malformed', issuer => `${issuer.token()}.AAAA.AAAA.AAAA`),
  it('C1 nothing but dots', 'malformed', () => '..'),
  it('C1 five empty segments', 'malformed', () => '....'),
  { name: 'C2 an encrypted token without an audience: told to ask for one', answer: 'ENCRYPTED', reason: 'jwe_no_audience', log: { hint: /Resource Parameter Compatibility Profile/ }, ask: () => jwe({ alg: 'dir', enc: 'A256GCM' }) },
  { name: 'C3 a token that the API encrypts: not supported', answer: 'ENCRYPTED', reason: 'jwe_unsupported', log: { hint: /token encryption/ }, ask: () => jwe({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' }) },
  it('C3 five segments and no encryption named', 'malformed', () => jwe({ alg: 'dir' })),
  it('C3 five segments and a header that is null', 'malformed', () => `${b64('null')}.a.a.a.a`),
  ...['not-base64url!', b64('not json'), b64('[]'), b64('null'), b64('"text"'), b64('1'), ''].map((header, i) =>
    it(`C4 a header that is no JSON object (${i + 1})`, 'malformed', issuer => [header, ...issuer.token().split('.').slice(1)].join('.'))),
  ...['not json', '[]', 'null', '"text"', '1', '{"iss":', ''].map(payload =>
    it(`C5 the payload ${payload || 'that is empty'}`, 'malformed', issuer => signed(issuer, header(issuer), payload))),
  it('C4 a header that is not UTF-8', 'malformed', issuer => signed(issuer, Buffer.concat([Buffer.from(JSON.stringify(header(issuer)).replace(/.$/, ',"x":"')), Buffer.from([0xff]), Buffer.from('"}')]), claims(issuer))),
  it('C5 a payload that is not UTF-8', 'malformed', issuer => signed(issuer, header(issuer), Buffer.concat([Buffer.from(claims(issuer).replace(/.$/, ',"x":"')), Buffer.from([0xc3]), Buffer.from('"}')]))),
  it('C6 padding in the header', 'malformed', issuer => issuer.token().replace('.', '=.')),
  it('C6 padding in the signature', 'malformed', issuer => `${issuer.token()}==`),
  it('C6 the alphabet of plain base64', 'malformed', issuer => issuer.token().replace(/^./, '+')),
  it('C6 stray bits in the last character', 'malformed', issuer => respelt(issuer.token())),
  ...['none', 'None', 'nOnE', 'NONE'].flatMap(alg => [
    it(`C7 alg ${alg} and no signature`, 'algorithm', issuer => unsigned(issuer, { ...header(issuer), alg })),
    it(`C7 alg ${alg} and a good signature`, 'algorithm', issuer => issuer.token({}, { header: { alg } }))
  ]),
  it('C7 alg RS256 and no signature', 'bad_signature', issuer => unsigned(issuer, header(issuer))),
  ...Object.entries(HMAC_SECRETS).map(([name, secret]) =>
    it(`C8 HS256 with ${name} as the secret`, 'hs256_token', issuer => hmac(issuer, 'HS256', secret(issuer)))),
  it('C8 HS512 with the public key as the secret', 'algorithm', issuer => hmac(issuer, 'HS512', HMAC_SECRETS['the public key in PEM']?.(issuer) ?? '')),
  it('C9 RS384', 'algorithm', issuer => signedAs(issuer, 'RS384')),
  it('C9 RS512', 'algorithm', issuer => signedAs(issuer, 'RS512')),
  it('C9 PS256', 'algorithm', issuer => signedAs(issuer, 'PS256')),
  it('C9 ES256', 'algorithm', issuer => signedAs(issuer, 'ES256')),
  ...[undefined, 256, ['RS256'], null, 'rs256', 'RS256 ', ''].map(alg =>
    it(`C10 alg ${JSON.stringify(alg)}`, 'algorithm', issuer => issuer.token({}, { header: { alg } }))),
  it('C11 no kid', 'no_key_id', issuer => issuer.token({}, { header: { kid: undefined } })),
  ...['../../../etc/passwd', 'https://attacker.example/key', 'a b', "' OR 1=1"].map(kid =>
    it(`C12 kid ${kid}`, 'unknown_key', issuer => issuer.token({}, { header: { kid } }))),
  ...[1, null, ['a'], {}, '', 'k'.repeat(10_000), 'k'.repeat(257), 'a\u0000b', 'a\n', 'a\u007f', 'a\u009b', '\ud800'].map(kid =>
    it(`C12 kid ${JSON.stringify(kid).slice(0, 40)}`, 'no_key_id', issuer => issuer.token({}, { header: { kid } }))),
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map(kid =>
    it(`C12 kid ${kid}`, 'unknown_key', issuer => signed(issuer, `{"alg":"RS256","typ":"JWT","kid":"${kid}"}`, claims(issuer)))),
  ...[['b64'], ['exp'], [], 'b64', null, ['https://example.com/ext']].map(crit =>
    it(`C14 crit ${JSON.stringify(crit)}`, 'critical_header', issuer => issuer.token({}, { header: { crit } }))),
  it('C15 b64 false', 'critical_header', issuer => issuer.token({}, { header: { b64: false } })),
  it('C15 b64 false and crit', 'critical_header', issuer => issuer.token({}, { header: { b64: false, crit: ['b64'] } })),
  it('C16 the signature of another key under a good kid', 'bad_signature', issuer => issuer.token({}, { key: { ...attacker, kid: key(issuer).kid } })),
  it('C17 a payload that was changed', 'bad_signature', issuer => withSegment(issuer.token(), 1, b64(claims(issuer).replace('auth0|', 'auth1|')))),
  it('C17 a header that was changed', 'bad_signature', issuer => withSegment(issuer.token(), 0, b64(JSON.stringify({ ...header(issuer), x: 1 })))),
  it('C17 a signature cut short', 'bad_signature', issuer => issuer.token().slice(0, -6)),
  it('C17 a signature with more to it', 'bad_signature', issuer => `${issuer.token().slice(0, -2)}${'A'.repeat(6)}`),
  it('C17 one bit off in the signature', 'bad_signature', issuer => flipped(issuer.token())),
  it('C17 the signature of another token', 'bad_signature', issuer => withSegment(issuer.token(), 2, issuer.token({ sub: 'another' }).split('.')[2] as string)),
  ...['dpop+jwt', 'logout+jwt', 'JWE', 'secevent+jwt', 'id_token+jwt', 'JOSE', 'at+jwt ', '', 1, null, ['JWT'], { toLowerCase: 1 }].map(typ =>
    it(`C18 typ ${JSON.stringify(typ)}`, 'token_type', issuer => issuer.token({}, { header: { typ } }))),
  ...['AT+JWT', 'at+jwt', 'application/at+jwt', 'Application/AT+JWT', 'jwt', 'JWT', 'application/jwt'].map(typ => (
    { name: `C19 typ ${typ}: whoami answers`, answer: 200, ask: (issuer: Issuer) => issuer.token({}, { header: { typ } }) } as const)),
  { name: 'C20 no typ: whoami answers', answer: 200, ask: issuer => issuer.token({}, { header: { typ: undefined } }) },
  { ...it('C20 no typ where RFC 9068 is asked for', 'token_type', issuer => issuer.token(STRICT, { header: { typ: undefined } })), env: { TOKEN_PROFILE: 'rfc9068' } },
  { ...it('C20 typ JWT where RFC 9068 is asked for', 'token_type', issuer => issuer.token(STRICT)), env: { TOKEN_PROFILE: 'rfc9068' } },
  { name: 'C20 typ at+jwt where RFC 9068 is asked for: whoami answers', answer: 200, ask: issuer => issuer.token(STRICT, { header: { typ: 'at+jwt' } }), env: { TOKEN_PROFILE: 'rfc9068' } },
  it('C23 alg twice, the last is none', 'algorithm', issuer => signed(issuer, `{"alg":"RS256","kid":"${key(issuer).kid}","alg":"none"}`, claims(issuer))),
  { name: 'C23 alg twice, the last is RS256: whoami answers', answer: 200, ask: issuer => signed(issuer, `{"alg":"none","kid":"${key(issuer).kid}","alg":"RS256"}`, claims(issuer)) },
  it('C23 aud twice, the last is another', 'audience_mismatch', issuer => signed(issuer, header(issuer), claims(issuer).replace(/\}$/, ',"aud":"https://other.example/"}'))),
  { name: 'C23 aud twice, the last is ours: whoami answers', answer: 200, ask: issuer => signed(issuer, header(issuer), claims(issuer).replace(/^\{/, '{"aud":"https://other.example/",')) },
  it('C24 zip', 'critical_header', issuer => issuer.token({}, { header: { zip: 'DEF' } })),
  it('C24 cty JWT', 'critical_header', issuer => issuer.token({}, { header: { cty: 'JWT' } }))
]

testRows(t, rows)

t.test('C7 C8 C9 C10 C14 C18 rejects a token with a bad header without asking the issuer for keys', async t => {
  const setup = await build(t)
  t.equal((await setup.whoami(setup.issuer.token())).statusCode, 200)
  setup.advance(600)

  const cheap = rows.filter(({ reason, env }) => env === undefined && reason !== undefined && !['bad_signature', 'unknown_key', 'audience_mismatch'].includes(reason))
  for (const { ask } of cheap) {
    const asked = ask(setup.issuer)
    if (typeof asked === 'string') await setup.whoami(asked)
  }
  for (const secret of Object.values(HMAC_SECRETS)) await setup.whoami(hmac(setup.issuer, 'HS256', secret(setup.issuer)))
  t.ok(cheap.length > 80)
  t.equal(setup.issuer.fetches, 1, 'the keys are stale, and nobody asked')

  t.equal((await setup.whoami(setup.issuer.token({ a: 'new token' }))).statusCode, 200)
  t.equal(setup.issuer.fetches, 2, 'a good token does ask')
})

t.test('C13 D3 fetches no key from an address in the token or from an issuer with a similar name', async t => {
  let asked = 0
  const site = await serve(t, (_request, response) => {
    asked++
    response.end(JSON.stringify({ keys: [publicJwk(attacker)] }))
  })
  const setup = await build(t)
  const jwk = publicJwk(attacker)
  const kid = key(setup.issuer).kid
  const x5c = [attacker.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')]

  for (const header of [{ jku: site }, { jku: `${site}.well-known/jwks.json` }, { x5u: site }, { jwk }, { x5c }, { jku: site, x5u: site, jwk, x5c }]) {
    await t.test(`C13 ${Object.keys(header).join(', ')}: not valid`, async t => {
      await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'bad_signature', ask: issuer => issuer.token({}, { key: { ...attacker, kid }, header }) })
      await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'unknown_key', ask: issuer => issuer.token({}, { key: attacker, header }) })
    })
  }
  t.equal((await setup.whoami(setup.issuer.token({}, { header: { jku: site, jwk } }))).statusCode, 200, 'a good token may have them; they are not looked at')

  const { port } = new URL(site)
  const own = setup.issuer.url.slice(0, -1)
  for (const iss of [site, `${own}.evil.localhost:${port}/`, `${own}@localhost:${port}/`, `http://localhost:${port}#${own}/`, `http://localhost:${port}/?${own}/`, `${own}:${port}/`, `file:///etc/passwd#${own}/`]) {
    await t.test(`D3 iss ${iss.replaceAll(/:\d+/g, ':1')}: not valid`, async t => {
      await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'issuer_mismatch', ask: issuer => issuer.token({ iss }, { key: attacker }) })
    })
  }
  t.equal(asked, 0)
  t.equal(setup.issuer.fetches, 2, 'at the start, and for the unknown key')
})

function it (name: string, reason: Reason, ask: Row['ask']): Row {
  return { name: `${name}: not valid`, answer: 'INVALID_TOKEN', reason, ask }
}

t.test('F-K7 logs the issuer and the kid, shortened, of a token without a usable key', async t => {
  const setup = await build(t)
  const { issuer } = setup
  const own = key(issuer).kid
  const rows = [
    ['no_key_id', { kid: undefined }, { iss: issuer.url, kid: 'undefined' }],
    ['no_key_id', { kid: 'k'.repeat(300) }, { iss: issuer.url, kid: 'k'.repeat(256) }],
    ['unknown_key', { kid: 'k'.repeat(256) }, { iss: issuer.url, kid: 'k'.repeat(256) }],
    ['bad_signature', { kid: own }, { iss: issuer.url, kid: own }]
  ] as const
  for (const [reason, head, found] of rows) await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason, log: { found }, ask: () => issuer.token({}, { key: { ...attacker, kid: own }, header: head }) })
  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'no_key_id', log: { found: { iss: 'x'.repeat(256), kid: 'object' } }, ask: () => issuer.token({ iss: 'x'.repeat(500) }, { header: { kid: {} } }) })
})
