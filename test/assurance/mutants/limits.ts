// `find` and `replace` hold code as text, so `${` is no template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './list.ts'

const [calls, refusals, memory, memorySize, away, connection] = ['test/limits/calls.test.ts', 'test/limits/refusals.test.ts', 'test/limits/memory.test.ts', 'test/limits/memory-size.test.ts', 'test/limits/redis/away.test.ts', 'test/limits/redis/connection.test.ts']

// The code that gives a call its places, and the code that counts it.
const place = 'for (const { uses } of placed) uses.running++\n      // Keys may be forgotten when memory grows, but none that has its place by now.\n      '
const counted = 'if (isCounted) for (const { bound, uses } of asked) if (bound.rate !== undefined) keys.grow(uses.add(bound.rate, now))\n      '

/** How often a caller may call, and an address may send a bad token. */
export function limitMutants (): Mutant[] {
  return [
    ...inFile('plugins/limits.ts', [
      ['one-caller', 'all callers share one limit', 'boundsOf(caller.key, tool)', "boundsOf('all', tool)", calls],
      ['calls-unlimited', 'the calls of a caller are not counted', 'bounds.push({ key, rate,', 'bounds.push({ key, rate: undefined,', calls],
      ['tool-rate', 'the rate of a tool is not kept', 'rate: rateLimit, concurrency })', 'concurrency })', calls],
      ['concurrency-unlimited', 'any number of calls of a caller run at the same time', 'rate, concurrency: concurrent })', 'rate })', calls],
      ['tool-concurrency', 'the concurrency of a tool is not kept', 'rate: rateLimit, concurrency })', 'rate: rateLimit })', calls],
      ['refusals-unlimited', 'an address may send any number of bad tokens', 'if (refusals === undefined) return 0', 'if (true) return 0', refusals]
    ]),
    ...inFile('mcp/revisions/modern.ts', [
      ['state-chain', 'calls that only ask are free for ever, each with the state of the one before', 'isFirst ? params.requestState as string : undefined', 'params.requestState as string | undefined', 'test/limits/repeated-calls.test.ts']
    ]),
    ...inFile('limits/memory.ts', [
      ['use-over', 'a call does not count once it is over', 'new Uses(known)', 'new Uses()', memory],
      ['wait-ignored', 'a call over the rate limit runs', 'if (reached !== undefined) return reached', '', calls],
      ['place-ignored', 'a call over the concurrency limit runs', 'uses.running >= bound.concurrency) return noPlace(bound)', 'false) return noPlace(bound)', calls],
      ['place-kept', 'a finished call still counts as running', 'uses.running--', 'uses.running', calls],
      ['limit-place', 'no address is forgotten that ever sent a bad token', 'asked.filter(({ bound }) => bound.concurrency !== undefined)', 'asked', memorySize],
      ['limit-bytes', 'the memory of a key is counted only once', 'keys.grow(uses.add(bound.rate, now))', 'uses.add(bound.rate, now)', memorySize],
      ['limit-place-new', 'a place is forgotten at once when memory is full', `${place}${counted}`, `${counted}${place}`, memorySize],
      ['state-always-free', 'calls with the same answers are never counted', '|| !isFirstUse(requestState)', '', 'test/limits/repeated-calls.test.ts'],
      ['answers-counted', 'a call with answers is counted again', 'const isCounted = requestState === undefined || !isFirstUse(requestState)', 'const isCounted = true', 'test/limits/repeated-calls.test.ts']
    ]),
    ...inFile('limits/redis/evaluate.ts', [
      ['redis-reply', 'a Redis that answers no number fails the calls', "if (typeof reply !== 'number') throw", 'if (false) throw', away]
    ]),
    ...inFile('limits/redis/open-logged.ts', [
      ['redis-cause', 'nothing says why Redis stays away', 'causes.has(cause) || causes.size === MAX_CAUSES', 'causes.size > 0', `${connection}#says why Redis stays away`],
      ['redis-causes', 'a broken Redis fills the log', ' || causes.size === MAX_CAUSES', '', `${connection}#at most eight causes`]
    ]),
    ...inFile('limits/redis/shared.ts', [
      ['redis-wait', 'a call over the shared limit runs', 'if (reply === 0) return', 'if (reply >= 0) return', away],
      ['redis-place', 'Retry-After is negative if the shared concurrency limit is reached', 'if (reply < 0) return', 'if (false) return', away],
      ['redis-which', 'a limit over Redis is told as another one', 'rated[reply % rated.length] as Rated', 'rated[0] as Rated', 'test/limits/redis/shared.test.ts'],
      ['redis-gone-open', 'without Redis there is no limit', 'if (decided === undefined) return memory.take(bounds, asked, requestState)', 'if (decided === undefined) return () => {}', connection],
      ['redis-late-open', 'a call is not limited if Redis does not answer', 'return memory.take(bounds, now(), requestState)', 'return () => {}', `${connection}#lost`],
      ['lease-of-lost-call', 'after a pause of Redis, callers have no place for 30 s', 'redis.remove(places, lease)\n          return', 'return', `${connection}#waits once`],
      ['lease-not-renewed', 'the lease of a long call is not renewed', 'leaseMs / 3', '2 ** 30', away],
      ['lease-kept', 'a finished call still counts in Redis', 'clearInterval(renewal)\n      redis.remove(places, lease)', 'clearInterval(renewal)', away]
    ]),
    ...inFile('limits/redis/connection.ts', [
      ['redis-hangs', 'a call waits for a Redis that hangs', 'return within(commandMs, evaluate(current, script, keys, args)).catch(', 'return evaluate(current, script, keys, args).catch(', connection],
      ['redis-stays-lost', 'Redis is not used again after it was lost', 'lost.destroy()\n    onLost(error)\n    retryLater()', 'lost.destroy()\n    onLost(error)', connection]
    ]),
    ...inFile('limits/redis/key.ts', [
      ['redis-half-character', 'callers whose names differ in half a surrogate pair share a limit', "HALF.test(text) ? 'utf16le' : 'utf8'", "'utf8'", 'test/limits/redis/key.test.ts'],
      ['redis-names', 'a key in Redis holds the name of a caller', "createHash('sha256').update(text, HALF.test(text) ? 'utf16le' : 'utf8').digest('base64url')", 'text', away]
    ]),
    ...inFile('limits/once.ts', [
      ['state-seen', 'any number of calls with the same answers are free', 'if (seen.has(id)) return false', '', 'test/limits/repeated-calls.test.ts']
    ]),
    ...inFile('limits/redis/open-logged.ts', [
      ['redis-not-required', 'the server starts without the Redis that it requires', 'if (!required || atStart === undefined) return', 'if (true) return', 'test/limits/redis/shared.test.ts']
    ]),
    ...inFile('limits/redis/spent.ts', [
      ['redis-spent', 'processes accept an approval once each', 'return used === undefined ? undefined : used === 0', 'return used === undefined ? undefined : true', 'test/limits/redis/approvals.test.ts'],
      ['redis-spent-away', 'an approval counts although Redis is away', 'return used === undefined ? undefined : used === 0', 'return used !== 1', 'test/limits/redis/approvals.test.ts'],
      ['redis-spent-start', 'a page starts without the Redis that it needs', '{ ...settings, required: true }', '{ ...settings, required: false }', 'test/limits/redis/approvals.test.ts']
    ]),
    ...inFile('limits/address.ts', [
      ['address-header', 'an address keeps the header that it stood in', "Buffer.from(address.slice(0, MAX_LENGTH), 'latin1').toString('latin1')", 'address.slice(0, MAX_LENGTH)', 'test/limits/address.test.ts'],
      ['address-zone', 'each address with a zone counts by itself', ".split('%')", ".split(' ')", 'test/limits/address.test.ts'],
      ['address-port', 'each port of an address is an address of its own', 'v4 ?? v6 ?? written', 'written', 'test/limits/address.test.ts']
    ]),
    ...inFile('app.ts', [
      ['limits-wall-clock', 'a clock that is set back blocks a caller', 'options.now ?? (() => performance.now())', 'now', `${calls}#a clock that is set`]
    ]),
    ...inFile('process/quoted-value.ts', [
      ['url-password-shown', 'an error shows the password in a URL', "text.replace(/^(.*?\\/\\/)[^]*@|^[^]*:[^]*@/, '$1…@')", 'text', 'test/process/readers.test.ts#repeats a wrong value'],
      ['key-shown', 'an error shows a key in place of its path', "text.includes('-----') || ", '', 'test/process/exchange-client.test.ts#OBO_CLIENT_ID'],
      ['short-key-shown', 'an error shows a short key in place of its path', "(text.includes('.') ? MAX_LENGTH : MAX_PATH)", 'MAX_LENGTH', 'test/process/exchange-client.test.ts#OBO_CLIENT_ID'],
      ['redis-password-shown', 'an error shows the password of Redis', "|| name === 'REDIS_URL'", '', 'test/process/readers.test.ts#REDIS_URL']
    ]),
    ...inFile('limits/recent.ts', [
      ['limit-keys', 'any number of keys is kept', 'if (used <= maxBytes / 2) return', 'return', memorySize],
      ['limit-busy', 'the place of a call that runs is free when its caller is forgotten', 'if (!isBusy(value)) continue', 'continue', memorySize],
      ['limit-key-length', 'long keys take any memory', 'grow(key.length + sizeOf(value))', 'grow(sizeOf(value))', memorySize],
      ['limit-used', 'a key that is used is forgotten', 'set(key, kept)', '', memorySize]
    ]),
    ...inFile('limits/uses.ts', [
      ['one-more', 'a window accepts one call too many', 'if (times.length < max) return 0', 'if (times.length <= max) return 0', memory],
      ['window-forever', 'a call counts for ever', 'Math.max(0, times[times.length - max] as number + window * 1000 - now)', 'window * 1000', memory],
      ['wait-long', 'Retry-After is longer than the window', 'Math.min(window * 1000, Math.max(0,', 'Math.max(0, Math.max(0,', memory],
      ['window-short', 'a window is shorter than it should be by a part of a millisecond', 'Math.ceil(now)', 'Math.floor(now)', memory],
      ['uses-dropped', 'calls that count are dropped with those that do not', 'times.slice(half)', 'times.slice(-1)', memory],
      ['uses-early', 'calls are dropped while they still count', 'times[half] as number <= now - window * 1000', 'true', memory],
      ['uses-size', 'a busy caller pushes out quiet ones', 'return this.bytes - before', 'return TIME_BYTES', memorySize]
    ]),
    ...inFile('limits/address.ts', [
      ['whole-address', 'each address of an IPv6 network counts separately', '.slice(0, 4)', '', 'test/limits/address.test.ts']
    ]),
    ...inFile('mcp/calls/limiter.ts', [
      ['verdict-ignored', 'a call runs although the limiter refuses it', "throw new RpcError('rateLimited', `Too many ${what}; try again in ${retryAfter} s`, { status: 429, data: { retryAfter }, hint })", 'return run()', calls]
    ]),
    ...inFile('routes/mcp.ts', [
      ['limit-unlogged', 'a call over the limit has no reason in the log and no Retry-After', 'noteLimit(request, reply, replied)\n', '', calls]
    ])
  ]
}
