import t from 'tap'
import { readKeySet, type SigningKey } from '../../../auth/keys/set.ts'
import { createKeyStore } from '../../../auth/keys/store.ts'
import { makePair, publicJwk } from '../../../dev/signing.ts'

t.test('gives the PEM of each key that fills get-jwks, and of no withdrawn key', async t => {
  const pair = makePair()
  const store = createKeyStore('https://issuer.test/')
  const keysOf = (...kids: string[]) => [...readKeySet('https://issuer.test/', kids.map(kid => ({ ...publicJwk(pair), kid })), new Map()).values()].filter(key => typeof key !== 'string')
  const [one, two] = keysOf('one', 'two') as [SigningKey, SigningKey]
  store.fill([one, two])
  t.equal(await store.pem(one), pair.publicKey.export({ type: 'spki', format: 'pem' }).toString())
  t.equal(store.pem(one), store.pem(one), 'made once for each key')

  store.fill([two])
  await t.rejects(store.pem({ ...one }))
  t.equal(await store.pem({ ...two }), await store.pem(two))
  store.fill([])
  await t.rejects(store.pem({ ...two }))
})
