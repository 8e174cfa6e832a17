import t, { type Test } from 'tap'
import { makePair, publicJwk } from '../../../dev/signing.ts'
import { build } from '../../support/build.ts'
import { keys, status } from '../../support/keys.ts'
import { checkRow } from '../../support/refusals.ts'
import { b64, key } from '../../support/tokens.ts'

const good = makePair()
const jwk = { ...publicJwk(good) }
const short = makePair(1024)

const UNUSABLE: ReadonlyArray<readonly [string, RegExp, object]> = [
  ['C21 use enc', /signatures/, { ...jwk, use: 'enc' }],
  ['C21 kty EC', /RSA/, { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }],
  ['C21 kty oct', /RSA/, { kty: 'oct', k: jwk['n'] }],
  ['C21 no kty', /RSA/, { ...jwk, kty: undefined }],
  ['C21 1024 bits', /shorter/, publicJwk(short)],
  ['C21 20,000 bits', /longer/, { ...jwk, n: Buffer.alloc(2500, 0xff).toString('base64url') }],
  ['C21 key_ops without verify', /verifying/, { ...jwk, key_ops: ['encrypt'] }],
  ['C21 key_ops that is no array', /verifying/, { ...jwk, key_ops: 'verify' }],
  ['C21 a public exponent of 3', /exponent/, { ...jwk, e: 'Aw' }],
  ['C21 no modulus', /valid/, { ...jwk, n: undefined }],
  ['C21 a modulus that is no string', /valid/, { ...jwk, n: 5 }],
  ['C22 alg RS512', /RS256/, { ...jwk, alg: 'RS512' }],
  ['C22 alg null', /RS256/, { ...jwk, alg: null }]
]

t.test('C21 C22 rejects each kind of unfit key, and accepts a fit one', async t => {
  const setup = await build(t)
  const usable = [{ alg: undefined }, { use: undefined }, { key_ops: ['verify'] }, { x5c: ['AAAA'], x5t: 'a', ext: true }]
  setup.issuer.answer = keys(
    publicJwk(key(setup.issuer)),
    ...UNUSABLE.map(([name, , jwk]) => ({ ...jwk, kid: b64(name) })),
    ...usable.map((members, i) => ({ ...jwk, ...members, kid: `usable-${i}` })),
    { ...jwk, kid: '__proto__' }
  )
  for (const [name, found] of UNUSABLE) {
    await t.test(`${name}: not valid`, async t => {
      const pair = name.includes('1024') ? short : good
      await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'key_unusable', log: { found }, ask: issuer => issuer.token({}, { key: { ...pair, kid: b64(name) } }) })
    })
  }
  for (const [i] of usable.entries()) t.equal(await status(setup, setup.issuer.token({}, { key: { ...good, kid: `usable-${i}` } })), 200, `C22 ${JSON.stringify(usable[i])}: whoami answers`)
  t.equal(await status(setup, setup.issuer.token({}, { key: { ...good, kid: '__proto__' } })), 200, 'a key by any name')
  t.equal(setup.issuer.fetches, 1, 'a key that may not verify is known, and not asked for again')
})

const other = makePair()
const otherJwk = publicJwk(other)
const curve = { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }

/** Asks with a token of `pair` under the `kid` that all these keys have. */
async function withKeys (t: Test, members: object[], row: Omit<Parameters<typeof checkRow>[2], 'ask'>, pair = good): Promise<void> {
  const setup = await build(t)
  setup.issuer.answer = keys(publicJwk(key(setup.issuer)), ...members.map(jwk => ({ ...jwk, kid: 'shared' })))
  await checkRow(t, setup, { ...row, ask: issuer => issuer.token({}, { key: { ...pair, kid: 'shared' } }) })
}

for (const [name, members] of Object.entries({
  'the same key twice': [jwk, jwk],
  'the same key twice, once without alg and use': [{ ...jwk, alg: undefined, use: undefined }, jwk],
  'a key for encryption before it': [{ ...otherJwk, use: 'enc' }, jwk],
  'a key for encryption after it': [jwk, { ...otherJwk, use: 'enc' }],
  'an EC key and an RS512 key beside it': [curve, jwk, { ...otherJwk, alg: 'RS512' }],
  'a short key beside it': [publicJwk(short), jwk]
})) t.test(`F-K1 accepts a kid with ${name}`, t => withKeys(t, members, { answer: 200 }))

for (const [name, members] of Object.entries({
  'two different usable keys': [jwk, otherJwk],
  'two different usable keys, and one of them again': [otherJwk, jwk, otherJwk],
  'two different usable keys and an unusable one': [jwk, otherJwk, curve]
})) {
  t.test(`F-K1 rejects a kid with ${name}, and the hint says why`, async t => {
    for (const pair of [good, other]) await withKeys(t, members, { answer: 'INVALID_TOKEN', reason: 'key_unusable', log: { found: /several different/, hint: /^Several different keys/ } }, pair)
  })
}
t.test('F-K1 rejects a kid with unusable keys only, with the fault of one', t => withKeys(t, [curve, { ...jwk, use: 'enc' }], { answer: 'INVALID_TOKEN', reason: 'key_unusable', log: { found: /signatures/ } }))

const KIDS = ['bilbo.baggins@hobbiton.example', 'urn:key:1', 'a b', 'https://issuer.example/key#1', "' OR 1=1", 'ключ', '鍵', 'مفتاح', '🔑', 'é', 'a/b?c=d&e', 'k'.repeat(256), '%00', '"', '\\']
t.test('F-K2 accepts a kid of any text that the set lists, up to 256 characters', async t => {
  const setup = await build(t)
  setup.issuer.answer = keys(publicJwk(key(setup.issuer)), ...KIDS.map(kid => ({ ...jwk, kid })))
  for (const kid of KIDS) await checkRow(t, setup, { answer: 200, ask: issuer => issuer.token({}, { key: { ...good, kid } }) })
  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'unknown_key', log: { found: { iss: setup.issuer.url, kid: 'a.b' } }, ask: issuer => issuer.token({}, { key: { ...good, kid: 'a.b' } }) })
})

t.test('F-K2 leaves out a listed key whose kid holds a control character, and takes the others', async t => {
  const setup = await build(t)
  const kids = ['a\nb', 'a\u0000', '\u0085', '\ud800', '', 'k'.repeat(257)]
  setup.issuer.answer = keys(publicJwk(key(setup.issuer)), ...kids.map(kid => ({ ...jwk, kid })))
  t.equal(await status(setup, setup.issuer.token()), 200)
  for (const kid of kids) await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'no_key_id', ask: issuer => issuer.token({}, { key: { ...good, kid } }) })
})

t.test('F-K3 accepts a set of 300 keys', async t => {
  const setup = await build(t)
  setup.issuer.answer = keys(...Array.from({ length: 299 }, (_, i) => ({ ...jwk, kid: `key-${i}` })), publicJwk(key(setup.issuer)))
  t.equal(await status(setup, setup.issuer.token()), 200)
  for (const i of [0, 150, 298]) t.equal(await status(setup, setup.issuer.token({}, { key: { ...good, kid: `key-${i}` } })), 200)
  t.equal(setup.issuer.fetches, 1)
})
