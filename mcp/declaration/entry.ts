import { isObject } from '../message.ts'

/**
 * Checks that an entry of `tools/index.ts` can be a tool at all. Commands read the tools before the registry checks
 * their fields.
 * @param index counts from 0
 * @throws Error that says what to do
 */
export function checkEntry (value: unknown, index: number): void {
  if (!isNamed(value)) throw new Error(`entry ${index + 1} of tools/index.ts is not a tool; ${advice(value)}`)
}

function advice (value: unknown): string {
  if (value === undefined) return 'it is undefined: look for a wrong import, or a circle of imports'
  if (isObject(value) && isNamed(value['default'])) return "it is a whole module: write import tool from '../tool.ts'"
  return 'write defineTool({ name, handler, … })'
}

function isNamed (value: unknown): boolean {
  return isObject(value) && typeof value['name'] === 'string'
}
