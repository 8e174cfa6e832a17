import t from 'tap'
import { buildApi } from '../support/api.ts'
import { secretsIn } from '../support/secrets.ts'

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
