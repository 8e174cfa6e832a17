import t from 'tap'
import { publicJwk } from '../dev/issuer.ts'
import { build } from './helper.ts'
import { joseRows } from './refusals/jose.ts'
import { checkRow, testRows } from './refusals/run.ts'
import { attacker, HMAC_SECRETS, hmac, key } from './refusals/tokens.ts'
import { serve } from './wire.ts'

testRows(t, joseRows)

t.test('C7 C8 C9 C10 C14 C18 what is wrong by its header costs the issuer nothing', async t => {
  const setup = await build(t)
  t.equal((await setup.whoami(setup.issuer.token())).statusCode, 200)
  setup.advance(600)

  const rows = joseRows.filter(({ reason, env }) => env === undefined && reason !== undefined && !['bad_signature', 'unknown_key', 'audience_mismatch'].includes(reason))
  for (const { ask } of rows) {
    const asked = ask(setup.issuer)
    if (typeof asked === 'string') await setup.whoami(asked)
  }
  for (const secret of Object.values(HMAC_SECRETS)) await setup.whoami(hmac(setup.issuer, 'HS256', secret(setup.issuer)))
  t.ok(rows.length > 80)
  t.equal(setup.issuer.fetches, 1, 'the keys are stale, and nobody asked')

  t.equal((await setup.whoami(setup.issuer.token({ a: 'new token' }))).statusCode, 200)
  t.equal(setup.issuer.fetches, 2, 'a good token does ask')
})

t.test('C13 D3 keys that a token brings, and issuers that only look like ours: nobody is asked', async t => {
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
      await checkRow(t, setup, { answer: 'IT', reason: 'bad_signature', ask: issuer => issuer.token({}, { key: { ...attacker, kid }, header }) })
      await checkRow(t, setup, { answer: 'IT', reason: 'unknown_key', ask: issuer => issuer.token({}, { key: attacker, header }) })
    })
  }
  t.equal((await setup.whoami(setup.issuer.token({}, { header: { jku: site, jwk } }))).statusCode, 200, 'a good token may have them; they are not looked at')

  const { port } = new URL(site)
  const own = setup.issuer.url.slice(0, -1)
  for (const iss of [site, `${own}.evil.localhost:${port}/`, `${own}@localhost:${port}/`, `http://localhost:${port}#${own}/`, `http://localhost:${port}/?${own}/`, `${own}:${port}/`, `file:///etc/passwd#${own}/`]) {
    await t.test(`D3 iss ${iss.replaceAll(/:\d+/g, ':1')}: not valid`, async t => {
      await checkRow(t, setup, { answer: 'IT', reason: 'issuer_mismatch', ask: issuer => issuer.token({ iss }, { key: attacker }) })
    })
  }
  t.equal(asked, 0)
  t.equal(setup.issuer.fetches, 2, 'at the start, and for the unknown key')
})
