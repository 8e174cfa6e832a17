import { inspect } from 'node:util'
import t from 'tap'
import type { Context } from '../../mcp/tool.ts'
import { buildApi } from '../support/api.ts'
import { secretsIn } from '../support/secrets.ts'

type Anything = (path: unknown, init?: unknown) => Promise<Response>
const callOf = ({ api }: Context): Anything => api as Anything
/** Names of the process that a tool can put something else in place of. */
const GLOBALS = ['fetch', 'Headers', 'URL', 'Request', 'Response', 'AbortSignal', 'AbortController', 'FormData', 'Blob', 'TextEncoder'] as const

t.test('a global that a tool replaces sees no token', async t => {
  const setup = await buildApi(t)
  const globals = globalThis as unknown as Record<string, object>
  for (const name of GLOBALS) {
    const seen: unknown[] = []
    const real = globals[name] as object
    const token = setup.issuer.token({ jti: name })
    const outcome = await setup.run(async ({ api }) => {
      globals[name] = spied(real, seen)
      try {
        return (await api('/a', { headers: { 'x-a': '1' } })).status
      } finally {
        globals[name] = real
      }
    }, token)
    t.match(outcome, { value: 200 }, name)
    t.strictSame(secretsIn(seen, setup, token), [], name)
  }
})

t.test('code that runs while the options of a request are read sees no token', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const seen: unknown[] = []
  function look (this: unknown, ...args: unknown[]): void {
    const { prepareStackTrace } = Error
    Error.prepareStackTrace = (_error, sites) => { seen.push(...sites.flatMap(site => [site.getThis(), site.getFunction()])) }
    seen.push(this, args, new Error().stack)
    Error.prepareStackTrace = prepareStackTrace
  }
  class Search extends URLSearchParams { override toString () { look.call(this); return super.toString() } }
  class Whole extends Blob { override stream () { look.call(this); return super.stream() } }
  const form = Object.assign(new FormData(), { [Symbol.iterator]: function * (this: FormData) { look.call(this); yield * FormData.prototype.entries.call(this) } })
  const own = Object.assign(new Headers({ 'x-a': '1' }), { set: look, append: look })
  const inits: object[] = [
    { method: 'POST', body: form }, { method: 'POST', body: new Search({ a: '1' }) }, { method: 'POST', body: new Whole(['a']) }, { headers: own },
    { headers: { get 'x-a' () { look(); return '1' } } }, { headers: { * [Symbol.iterator] () { look(); yield ['x-a', '1'] } } },
    { get headers () { look(); return {} }, get method () { look(); return 'GET' }, get signal () { look(); return undefined } }
  ]
  for (const init of inits) t.match(await setup.run(context => callOf(context)('/a', init).then(({ status }) => status), token), { value: 200 }, inspect(init))
  t.ok(seen.length > 0)
  t.strictSame(secretsIn(seen, setup, token), [])

  let reads = 0
  const turning = { get headers () { return reads++ === 0 ? { 'x-a': '1' } : { authorization: 'other' } } }
  await setup.run(context => callOf(context)('/a', turning), token)
  t.match(setup.requests.at(-1)?.headers, { 'x-a': '1', authorization: /^Bearer exchanged/ })
})

t.test('a signal of the tool ends the request, and gets no token', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const { signal } = new AbortController()
  // Node 20 takes what looks like a signal.
  for (const odd of [{ aborted: false, addEventListener () {} }, new Proxy(signal, {}), new EventTarget(), 'signal', 1]) {
    const { value, error } = await setup.run(context => callOf(context)('/a', { signal: odd }).then(({ status }) => status), token)
    t.ok(value === 200 || error instanceof TypeError, inspect(odd))
    t.strictSame(secretsIn([odd], setup, token), [])
  }
  const seen: unknown[] = []
  const stop = new AbortController()
  setup.answer = () => stop.abort({ why: 'enough' })
  stop.signal.addEventListener('abort', event => seen.push(event))
  const outcome = await setup.run(({ api }) => api('/a', { signal: stop.signal }), token)
  t.strictSame(outcome.error, { why: 'enough' })
  t.strictSame(secretsIn([outcome, seen], setup, token), [])
})

t.test('a Request in place of init does not change where the request goes', async t => {
  const setup = await buildApi(t)
  const other = 'http://localhost:1/x'
  for (const init of [new Request(other), new Request(other, { headers: { 'x-a': '1' } }), new Request(other, { method: 'POST', body: 'b' })]) {
    const { error, value } = await setup.run(context => callOf(context)('/a', init).then(({ url }) => url))
    t.ok(value === `${setup.url}/a` || error instanceof TypeError, inspect(init))
  }
  t.ok(setup.requests.every(({ path }) => path === '/v1/a'))
})

t.test('the error of a handler is not shown, and holds no token', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const throwing: ReadonlyArray<(context: Context) => unknown> = [
    async ({ api }) => { throw await api('/a') }, context => { throw context }, ({ api }) => { throw api },
    async context => { throw Object.assign(new Error('failed'), { context, response: await context.api('/a') }) },
    async ({ api }) => { throw new Error('failed', { cause: await api('/missing', { method: 'TRACE' }).catch((error: unknown) => error) }) }
  ]
  for (const handler of throwing) {
    const outcome = await setup.run(handler, token)
    t.match(outcome.reply.error, { message: 'Internal error' })
    t.strictSame(secretsIn([outcome], setup, token), [])
  }
  t.strictSame(secretsIn(setup.logs, setup, token), [], 'the log')
})

/** A function or class that notes what it and its instances are given, and what they give. */
function spied (real: object, seen: unknown[]): object {
  return new Proxy(real, {
    apply (target, self, args) { seen.push(args); return Reflect.apply(target as () => unknown, self, args) },
    construct (target, args) {
      const made = Reflect.construct(target as new () => object, args)
      seen.push(args, made)
      return made
    },
    get (target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function' || name === 'prototype') return value
      return (...args: unknown[]) => {
        const given = Reflect.apply(value, target, args) as unknown
        seen.push(args, given)
        return given
      }
    }
  })
}
