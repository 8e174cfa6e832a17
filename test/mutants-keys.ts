// What is to be found and put in its place is code, not a template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './mutants.ts'

const [keys, cache, tokenCache] = ['test/keys.test.ts', 'test/property-cache.test.ts', 'test/token-cache.test.ts']

/** Keys: where they come from, which may verify, how long they live. */
export function keyMutants (): Mutant[] {
  return [
    ...inFile('auth/key-ring.ts', [
      ['issuer', 'any issuer is one of ours', 'const source = sources.get(issuer)\n', 'const source = sources.get(issuer) ?? all[0]\n', 'test/claims.test.ts', 'test/jose.test.ts', keys],
      ['issuer-slash', 'the slash at the end of the issuer does not matter', 'const source = sources.get(issuer)\n', 'const source = sources.get(issuer) ?? sources.get(`${issuer}/`)\n', 'test/claims.test.ts', keys],
      ['shared-keys', 'the keys of one issuer verify for another', 'return source.get(kid)', 'return (all[0] as KeySource).get(kid)', `${keys}#D2`, 'test/differential.test.ts'],
      ['prefetch', 'keys are not fetched ahead', 'await Promise.all(all.map(source => source.refresh()))', '', `${keys}#F11`]
    ]),
    ...inFile('auth/key-set.ts', [
      ['key-type', 'a key of another type is tried', "if (kty !== 'RSA')", 'if (false)', `${keys}#C2`],
      ['key-use', 'a key for encryption verifies', "if (use !== undefined && use !== 'sig')", 'if (false)', `${keys}#C2`],
      ['key-alg', 'a key for another algorithm verifies', 'if (alg !== undefined && alg !== ALGORITHM)', 'if (false)', `${keys}#C2`],
      ['key-ops', 'a key that may not verify verifies', "if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))", 'if (false)', `${keys}#C2`],
      ['key-short', 'a short key verifies', 'if (modulusLength < MIN_BITS)', 'if (false)', `${keys}#C2`],
      ['key-exponent', 'a key with a small exponent verifies', 'if (publicExponent < 65537n)', 'if (false)', `${keys}#C2`, 'test/vectors.test.ts'],
      ['key-twice', 'of two keys with one kid the last one counts', "set.has(jwk.kid) ? 'several keys have this kid' : ", '', `${keys}#C2`]
    ]),
    ...inFile('auth/fetch-keys.ts', [
      ['redirect', 'redirects are followed', '    if (response.statusCode !== 200)', '    if (response.headers.location) return await read(new URL(response.headers.location, url).href, signal)\n    if (response.statusCode !== 200)', `${keys}#F8`],
      ['encoding', 'a key set may be packed, and of any length unpacked', 'if (!/^(?:identity)?$/i.test(encoding))', 'if (false)', `${keys}#F8`],
      ['timeout', 'a fetch may take for ever', 'const timer = setTimeout(end, timeout)', 'const timer = setTimeout(() => {}, timeout)', `${keys}#F7`],
      ['leak', 'what is refused holds on to its connection', 'if (!response.readableEnded)', 'if (!response.complete)', `${keys}#F5`],
      ['no-response', 'a switch to another protocol is waited for without end', "    request.on('close', () => reject(new Error('the connection was closed without a response')))\n", '', `${keys}#F8`],
      ['body-bound', 'a key set may be of any length', 'if (length > MAX_BYTES)', 'if (false)', `${keys}#F8`],
      ['key-count', 'a key set may have any number of keys', 'if (keys.length > MAX_KEYS)', 'if (false)', `${keys}#F8`, keys],
      ['status', 'any status brings keys', 'if (response.statusCode !== 200)', 'if (false)', `${keys}#F5`],
      ['no-retry', 'a dead socket is a failure', 'if (BROKEN_CONNECTION.has(', 'if (new Set<unknown>().has(', `${keys}#breaks`],
      ['not-a-set', 'anything is a key set', "if (!Array.isArray(keys)) throw new KeySetError('not a JWK set')", 'if (!Array.isArray(keys)) return []', `${keys}#F8`],
      ['retry-after-in', 'the wait that the issuer asks for is not kept', 'if (/^\\d{1,9}$/.test(value)) return Number(value)', 'if (value) return undefined', `${keys}#F5`]
    ]),
    ...inFile('auth/keys.ts', [
      ['cooldown', 'every unknown key is a fetch', 'if (isWithin(time, curiousAt, cooldown)) return false\n', '', `${keys}#F2`, `${keys}#F1`],
      ['patience', 'a failing issuer is asked each time', 'if (fetching.patience() > 0) return false\n', '', `${keys}#F5`],
      ['no-curiosity', 'new keys are not looked for', '    curiousAt = time\n    return true\n', '    return false\n', `${keys}#F3`],
      ['ttl', 'a set is fresh for ever', 'isKnown && (isWithin(time, fetchedAt, ttl) ||', 'isKnown && (true ||', `${keys}#F4`, cache],
      ['revoked', 'a key that is withdrawn is kept', '    keys = set\n', '    keys = new Map([...keys, ...set])\n', `${keys}#F4`, cache],
      ['empties', 'a set without usable keys replaces a good one', "if (![...set.values()].some(isUsable)) throw new KeySetError('no usable key in the set')\n", '', `${keys}#F8`, keys],
      ['stale-for-ever', 'stale keys serve for ever', 'return time < fetchedAt + Math.max(ttl, maxStale)', 'return true', `${keys}#F6`, cache],
      ['no-stale', 'known keys do not serve while the issuer is down', 'return time < fetchedAt + Math.max(ttl, maxStale)', 'return time < fetchedAt + ttl', `${keys}#F6`],
      ['unusable', 'an unusable key is an unknown one', "if (typeof key === 'string') return new Refusal('key_unusable', { found: key })\n", '', `${keys}#C2`],
      ['401-for-503', 'an unknown key is not valid although the issuer is down', 'if (isWithin(time, fetchedAt, ttl) && !fetching.failed)', 'if (true)', `${keys}#F6`, `${keys}#F5`]
    ]),
    ...inFile('auth/refresher.ts', [
      ['single-flight', 'each caller fetches', 'pending ??= once()', 'pending = once()', `${keys}#F9`],
      ['clock-back', 'a clock that was set back keeps what it had', 'return time >= since && time < since + span', 'return time < since + span', `${keys}#clock`]
    ]),
    ...inFile('auth/token-cache.ts', [
      ['cache-key', 'a cached verdict outlives its key', ' && keys.get(caller.issuer, key.kid) === key', '', `${keys}#F4`, cache],
      ['cache-time', 'a cached verdict has no time', 'return now >= from && now < until && keys', 'return keys', `${keys}#D29`, cache],
      ['cache-end', 'the cache looks at the end of a token only', 'if (entry === undefined || entry.token !== token)', 'if (entry === undefined)', tokenCache, 'test/property.test.ts'],
      ['cache-first', 'a token that comes once is kept', 'if (isSeen(end)) cache.set', 'cache.set', tokenCache],
      ['cache-never', 'no token is kept', 'young.add(name)\n', '', tokenCache, cache],
      ['cache-seen', 'what was seen is remembered for ever', '[young, old] = [new Set(), young]', 'old = new Set([...old, ...young]), young = new Set()', tokenCache]
    ])
  ]
}
