import { inspect } from 'node:util'
import { EXCHANGED, SECRET, type ApiSetup } from './api.ts'

/** Every place in these values, own and inherited members and symbols included, that holds a token or the secret. */
export function secretsIn (values: readonly unknown[], { issuer }: ApiSetup, token: string): string[] {
  const secrets = [token, token.split('.')[2] as string, EXCHANGED, SECRET]
  const found: string[] = []
  const known = new Set<unknown>()
  const holds = (text: string): boolean => secrets.some(secret => text.includes(secret))
  const queue: Array<readonly [string, unknown]> = values.map((value, i) => [`${i}`, value])
  for (const value of values) if (holds(inspect(value, { showHidden: true, depth: 8, showProxy: true }))) found.push('inspect')
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [place, value] = next
    if (typeof value === 'string' && holds(value)) found.push(place)
    // A view of a buffer that was transferred has no bytes, and cannot be read.
    if (ArrayBuffer.isView(value) && value.byteLength > 0 && holds(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'))) found.push(place)
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || known.has(value) || value === issuer || value === globalThis || known.size > 200_000) continue
    known.add(value)
    // A promise that is read on the way may reject; nobody else waits for it.
    if (value instanceof Promise) value.catch(() => {})
    if (value instanceof Map) queue.push(...[...value].map(entry => [`${place} entry`, entry] as const))
    for (const owner of owners(value)) {
      for (const name of Reflect.ownKeys(owner)) {
        try {
          queue.push([`${place}.${String(name)}`, Reflect.get(owner, name, value)])
        } catch {}
      }
    }
  }
  return found
}

function owners (value: object): object[] {
  const prototype: object | null = Reflect.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || prototype === Function.prototype ? [value] : [value, ...owners(prototype)]
}
