import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fastifyJwt from '@fastify/jwt'
import Fastify from 'fastify'
import t from 'tap'
import { checkHeader, decodeJws } from '../../../auth/jws.ts'
import { readKeySet } from '../../../auth/keys/set.ts'
import { createKeyStore } from '../../../auth/keys/store.ts'
import { publicJwk } from '../../../dev/signing.ts'
import { build } from '../../support/build.ts'

type Jwk = Record<string, unknown>
type Verify = (algorithm: string, key: string, input: string | Buffer, signature: string) => boolean

interface Vectors {
  /** Each test: id, result, comment, message, signature. */
  readonly rsa: ReadonlyArray<{ readonly key: Jwk, readonly tests: ReadonlyArray<readonly [number, string, string, string, string]> }>
  /** Each test: id, result, comment, compact JWS. */
  readonly jws: ReadonlyArray<{ readonly key: Jwk, readonly tests: ReadonlyArray<readonly [number, string, string, string]> }>
}

const vectors: Vectors = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8'))
// A JWT cannot carry the vectors' messages, so they go to the function that the library verifies signatures with.
const { verifySignature } = createRequire(createRequire(import.meta.url).resolve('@fastify/jwt'))('fast-jwt/src/crypto.js') as { verifySignature: Verify }

/** The key that the server would verify with, or the fault for which it refuses the key. */
async function usable (jwk: Jwk): Promise<{ pem: string } | string> {
  const [key = 'not in the set'] = readKeySet('https://issuer.test/', [{ kid: 'k', ...JSON.parse(JSON.stringify(jwk)) }], new Map()).values()
  if (typeof key === 'string') return key
  const store = createKeyStore('https://issuer.test/')
  store.fill([key])
  return { pem: await store.pem(key) }
}

t.test('Wycheproof RSASSA-PKCS1-v1_5: every forged signature is refused', async t => {
  const counts = { valid: 0, invalid: 0, acceptable: 0 }
  for (const { key, tests } of vectors.rsa) {
    const found = await usable(key)
    if (typeof found === 'string') {
      t.match(key, { e: 'Aw' }, 'the one kind of key here that is not used at all')
      continue
    }
    for (const [id, result, comment, message, signature] of tests) {
      counts[result as keyof typeof counts]++
      const isGood = verifySignature('RS256', found.pem, Buffer.from(message, 'base64url'), signature)
      if (result !== 'acceptable') t.equal(isGood, result === 'valid', `${id} ${comment}`)
      else t.notOk(isGood, `${id} ${comment}: what is only acceptable is refused too`)
    }
  }
  t.strictSame(counts, { valid: 7, invalid: 249, acceptable: 1 })
})

t.test('Wycheproof and RFC 7520 §4.1, JWS with RS256: the verdict is the one that is published', async t => {
  let count = 0
  for (const { key, tests } of vectors.jws) {
    const found = await usable(key)
    for (const [id, result, comment, jws] of tests) {
      t.equal(typeof found !== 'string' && isGood(jws, found.pem), result === 'valid', `${id} ${comment}`)
      count++
    }
  }
  t.equal(count, 235)

  function isGood (jws: string, pem: string): boolean {
    const [header = '', payload = '', signature = '', ...more] = jws.split('.')
    try {
      // A payload may be any text here; in a token it must be an object.
      const isCanonical = Buffer.from(payload, 'base64url').toString('base64url') === payload
      decodeJws([header, isCanonical ? 'e30' : payload, signature, ...more].join('.'))
      checkHeader({ header: JSON.parse(Buffer.from(header, 'base64url').toString()), payload: {} }, 'any')
    } catch {
      return false
    }
    return verifySignature('RS256', pem, `${header}.${payload}`, signature)
  }
})

t.test('Wycheproof JWS at the endpoint: answers each with 401', async t => {
  const { issuer, whoami } = await build(t)
  const [group] = vectors.jws
  issuer.answer = (_request, response) => {
    response.end(JSON.stringify({ keys: [...issuer.keys.map(publicJwk), group?.key] }))
  }
  for (const [id, , comment, jws] of group?.tests ?? []) {
    t.equal((await whoami(jws)).statusCode, 401, `${id} ${comment}`)
  }
})

// RFC 7515 A.2, whose payload is a set of claims and so passes the whole library.
const A2 = {
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  header: 'eyJhbGciOiJSUzI1NiJ9',
  payload: 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
  signature: 'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw'
}

t.test('RFC 7515 A.2: accepts the signature of the example, and refuses it with any byte changed', async t => {
  const found = await usable({ kty: 'RSA', n: A2.n, e: 'AQAB' })
  const app = Fastify()
  await app.register(fastifyJwt, {
    secret: async () => (found as { pem: string }).pem,
    verify: { algorithms: ['RS256'], ignoreExpiration: true, ignoreNotBefore: true }
  })
  app.get('/', request => request.jwtVerify())
  t.teardown(() => app.close())
  const verify = async (signature: string) => (await app.inject({ url: '/', headers: { authorization: `Bearer ${A2.header}.${A2.payload}.${signature}` } })).json()

  t.match(await verify(A2.signature), { iss: 'joe', exp: 1300819380 })
  for (let at = 0; at < 256; at++) {
    const bytes = Buffer.from(A2.signature, 'base64url')
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
    t.match(await verify(bytes.toString('base64url')), { statusCode: 401 }, `a bit of byte ${at}`)
  }
})
