import type { FuncKeywordDefinition } from 'ajv'
import type { DataValidateFunction } from 'ajv/dist/types/index.js'
import { canonicalJson } from './canonical.ts'

/**
 * `uniqueItems` of JSON Schema, in time that grows with the length of the list. Ajv compares each object with each
 * other one: a list of 1 MB would keep the process busy for a minute.
 */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  compile (isOn: boolean) {
    const validate: DataValidateFunction = (items: readonly unknown[]) => {
      const twins = isOn ? firstTwins(items) : undefined
      if (twins === undefined) return true
      validate.errors = [{ keyword: 'uniqueItems', params: {}, message: `must NOT have duplicate items (items ## ${twins.join(' and ')} are identical)` }]
      return false
    }
    return validate
  }
}

function firstTwins (items: readonly unknown[]): readonly [number, number] | undefined {
  const places = new Map<string, number>()
  for (const [i, item] of items.entries()) {
    const text = canonicalJson(item)
    const twin = places.get(text)
    if (twin !== undefined) return [twin, i]
    places.set(text, i)
  }
  return undefined
}
