// `find` and `replace` hold code as text, so `${` is no template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './list.ts'

const [keys, keySet, keyFetch, refresher, ring, cache, tokenCache] = ['test/auth/keys/source.test.ts', 'test/auth/keys/set.test.ts', 'test/auth/keys/fetch.test.ts', 'test/auth/keys/refresher.test.ts', 'test/auth/keys/ring.test.ts', 'test/assurance/property/cache.test.ts', 'test/auth/token-cache.test.ts']

/** Keys: their source, their use, their lifetime. */
export function keyMutants (): Mutant[] {
  return [
    ...inFile('auth/keys/ring.ts', [
      ['issuer', 'any issuer is accepted', 'const source = sources.get(issuer)\n', 'const source = sources.get(issuer) ?? all[0]\n', 'test/auth/claims.test.ts', 'test/auth/jws.test.ts', ring],
      ['issuer-slash', 'a missing final slash of the issuer is ignored', 'const source = sources.get(issuer)\n', 'const source = sources.get(issuer) ?? sources.get(`${issuer}/`)\n', 'test/auth/claims.test.ts', ring],
      ['shared-keys', 'the keys of one issuer verify for another', 'const source = sources.get(issuer)\n', 'const source = sources.get(issuer) && all[0]\n', `${ring}#D2`, 'test/assurance/differential/differential.test.ts'],
      ['prefetch', 'keys are not fetched at start', 'await Promise.all(all.map(source => source.refresh()))', '', 'test/routes/health.test.ts']
    ]),
    ...inFile('auth/keys/set.ts', [
      ['unusable', 'an unusable key is reported as unknown', "if (typeof key === 'string') throw new Refusal('key_unusable', { found: key, ...(key === SEVERAL_KEYS && { hint: SEVERAL_KEYS_HINT }) })\n", '', `${keySet}#C2`],
      ['key-type', 'a key of another type is tried', "if (kty !== 'RSA')", 'if (false)', `${keySet}#C2`],
      ['key-use', 'a key for encryption verifies', "if (use !== undefined && use !== 'sig')", 'if (false)', `${keySet}#C2`],
      ['key-alg', 'a key for another algorithm verifies', "if (alg !== undefined && alg !== 'RS256')", 'if (false)', `${keySet}#C2`],
      ['key-ops', 'a key that may not verify verifies', "if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))", 'if (false)', `${keySet}#C2`],
      ['key-short', 'a short key verifies', 'if (modulusLength < MIN_BITS)', 'if (false)', `${keySet}#C2`],
      ['key-exponent', 'a key with a small exponent verifies', 'if (publicExponent < MIN_EXPONENT)', 'if (false)', `${keySet}#C2`, 'test/assurance/vectors/vectors.test.ts'],
      ['key-twice', 'the first of two keys with the same kid is used', '  return SEVERAL_KEYS\n', '  return one\n', `${keySet}#kid`],
      ['key-again', 'a kid with two different keys becomes usable when one key is listed twice', 'if (one === SEVERAL_KEYS) return one', '', `${keySet}#kid`],
      ['key-same', 'keys are compared by their exponent only', 'return one.n === other.n && one.e === other.e', 'return one.e === other.e', `${keySet}#kid`]
    ]),
    ...inFile('auth/keys/store.ts', [
      ['stale-key', 'the stale cache of get-jwks keeps a withdrawn key', 'for (const id of held) getJwks.staleCache.delete(id)\n', '', 'test/auth/keys/store.test.ts'],
      ['held-key', 'the cache of get-jwks keeps a withdrawn key', 'for (const id of held) getJwks.cache.delete(id)\n', '', 'test/auth/keys/store.test.ts']
    ]),
    ...inFile('auth/keys/fetch.ts', [
      ['redirect', 'redirects are followed', '    if (response.statusCode !== 200)', '    if (response.headers.location) return await read(new URL(response.headers.location, url).href, signal)\n    if (response.statusCode !== 200)', `${keyFetch}#F8`],
      ['encoding', 'a compressed key set is read, of any length', 'if (!/^(?:identity)?$/i.test(encoding))', 'if (false)', `${keyFetch}#F8`],
      ['timeout', 'a fetch has no time limit', 'const timer = setTimeout(end, timeout)', 'const timer = setTimeout(() => {}, timeout)', `${keyFetch}#F7`],
      ['leak', 'a refused answer keeps its connection open', 'if (!response.readableEnded)', 'if (!response.complete)', `${keyFetch}#F5`],
      ['no-response', 'a fetch waits for ever after a switch to another protocol', "    request.on('close', () => reject(new Error('the connection was closed without a response')))\n", '', `${keyFetch}#F8`],
      ['body-bound', 'a key set may be of any length', 'if (length > MAX_BYTES)', 'if (false)', `${keyFetch}#F8`],
      ['status', 'keys are read from an answer with any status', 'if (response.statusCode !== 200)', 'if (false)', `${keyFetch}#F5`],
      ['no-retry', 'a broken kept-alive connection is not tried again', 'if (BROKEN_CONNECTION.has(', 'if (new Set<unknown>().has(', `${keyFetch}#breaks`],
      ['not-a-set', 'any JSON is accepted as an empty key set', "if (!Array.isArray(keys)) throw new KeySetError('not a JWK set', url)", 'if (!Array.isArray(keys)) return []', `${keyFetch}#F8`],
      ['retry-after-in', 'Retry-After of the issuer is ignored', 'if (/^\\d{1,9}$/.test(value)) return Number(value)', 'if (value) return undefined', `${keys}#F5`]
    ]),
    ...inFile('auth/keys/freshness.ts', [
      ['cooldown', 'every unknown key causes a fetch', 'if (isWithin(time, lastUnknownKeyFetch, cooldown)) return false\n', '', `${keys}#F2`, `${keys}#F1`],
      ['unknown-key-fetch', 'an unknown key causes no fetch', '      lastUnknownKeyFetch = time\n      return true\n', '      return false\n', `${keys}#F3`],
      ['stale-for-ever', 'stale keys serve for ever', 'time < fetchedAt + serving', 'true', `${keys}#F6`, cache],
      ['no-stale', 'known keys do not serve while the issuer is down', 'time < fetchedAt + serving', 'time < fetchedAt + ttl', `${keys}#F6`]
    ]),
    ...inFile('auth/keys/source.ts', [
      ['retry-wait', 'a failing issuer is asked each time', 'fetching.retryAfterMs() === 0 && ', '', `${keys}#F5`],
      ['ttl', 'a key set is fresh for ever', 'return freshness.isFresh(time) || (fetching.failed && freshness.isServing(time))', 'return true', `${keys}#F4`, cache],
      ['revoked', 'a key that is withdrawn is kept', '    keys = set\n', '    keys = new Map([...keys, ...set])\n', `${keys}#F4`, cache],
      ['empties', 'a set without usable keys replaces a good one', 'if (usable.length === 0) throw new KeySetError(`no usable key in the set: ${faultsOf(set)}`, url)\n', '', `${keyFetch}#F8`, keyFetch],
      ['401-for-503', 'an unknown key is answered with 401 while the issuer is down', 'if (freshness.isFresh(time) && !fetching.failed)', 'if (true)', `${keyFetch}#F5`, `${keys}#F5`]
    ]),
    ...inFile('auth/keys/refresher.ts', [
      ['single-flight', 'each caller fetches', 'pending ??= once()', 'pending = once()', `${refresher}#F9`],
      ['clock-back', 'keys stay fresh after the clock was set back', 'return time >= since && time < since + span', 'return time < since + span', `${refresher}#clock`]
    ]),
    ...inFile('auth/token-cache.ts', [
      ['cache-key', 'a cached token is accepted after its key was withdrawn', ' && keys.isCurrent(key, now)', '', `${keys}#F4`, cache],
      ['cache-time', 'a cached token is accepted at any time', 'return now >= from && now < until && keys', 'return keys', `${tokenCache}#D29`, cache],
      ['cache-end', 'the cache compares only the end of a token', 'entry !== undefined && entry.token === token', 'entry !== undefined', tokenCache, 'test/assurance/property/property.test.ts'],
      ['cache-first', 'a token is kept when it comes for the first time', 'if (isSeen(end)) cache.set', 'cache.set', tokenCache],
      ['cache-never', 'no token is kept', 'if (isSeen(end)) cache.set', 'if (false) cache.set', tokenCache, cache]
    ]),
    ...inFile('auth/seen.ts', [
      ['seen-always', 'tokens seen once are remembered for ever', 'const rows = 2 **', 'const rows = 2 ** 10 * 2 **', tokenCache],
      ['seen-row', 'a few tokens that come once push out all that came before', '(number & (rows - 1)) * WIDTH', '0', tokenCache],
      ['seen-newest', 'a token is forgotten when another one comes', 'table.copyWithin(start + 1, start, end - 1)', '', tokenCache],
      ['seen-empty', 'a number that nobody had counts as seen', 'return number === 0 ? 1 : number', 'return number', tokenCache]
    ])
  ]
}
