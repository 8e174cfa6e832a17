import { checkApi } from './api.ts'
import { isObject } from './message.ts'
import { checkScopes } from './scopes.ts'
import type { Tool } from './tool.ts'

const NAME = /^[A-Za-z0-9_.-]{1,128}$/
/** In seconds: one day. */
const MAX_TIME_LIMIT = 86_400
/** Most calls that a limit of a tool may allow. */
const MAX_COUNT = 1_000_000
const NO_LIMIT = { max: 1, window: 1 }

/** Whether an entry of `tools/index.ts` can be a tool at all. */
export function isTool (value: unknown): value is Tool {
  return isObject(value) && typeof value['name'] === 'string' && typeof value['handler'] === 'function'
}

/** What to do about an entry that is not a tool. */
export function adviseOnEntry (value: unknown): string {
  if (value === undefined) return 'it is undefined: look for a wrong import, or a circle of imports'
  if (isObject(value) && isTool(value['default'])) return "it is a whole module: write import tool from './tool.ts'"
  return 'write defineTool({ name, handler, … })'
}

/**
 * Checks what a tool says of itself, except for its schemas, its audit and the scopes that others imply.
 * @throws Error that says what was expected
 */
export function checkDeclaration ({ annotations, confirm, name, title, scopes, description, input, icons = [], timeLimit = 1, rateLimit = NO_LIMIT, concurrency = 1, api }: Tool): void {
  if (!NAME.test(name)) throw new Error('expected a name of 1 to 128 letters, digits, "_", "-" or "."')
  checkScopes(scopes)
  if (annotations?.destructiveHint === true && confirm === undefined) throw new Error('destructiveHint: true needs a question, confirm: args => \'Delete …?\', or confirm: false')
  if (confirm !== undefined && confirm !== false && typeof confirm !== 'function') throw new Error('expected confirm to be a function of the arguments, or false')
  if (typeof title !== 'string') throw new Error('expected a title')
  if (typeof description !== 'string' || description === '') throw new Error('expected a description')
  if (!isObject(input) || input['type'] !== 'object') throw new Error('expected the input schema to be of type "object"; write one Type.Object')
  if (!icons.every(({ src }) => /^(?:https|data):/.test(src))) throw new Error('expected icons to be https: or data: URIs')
  if (!(timeLimit > 0 && timeLimit <= MAX_TIME_LIMIT)) throw new Error(`expected a time limit of up to ${MAX_TIME_LIMIT} seconds`)
  if (!isCount(rateLimit.max) || !(rateLimit.window > 0 && rateLimit.window <= MAX_TIME_LIMIT)) throw new Error(`expected rateLimit to have a max of 1 to ${MAX_COUNT} calls and a window of up to ${MAX_TIME_LIMIT} seconds`)
  if (api !== undefined) checkApi(api)
  if (!isCount(concurrency)) throw new Error(`expected concurrency to be a whole number from 1 to ${MAX_COUNT}`)
}

function isCount (value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_COUNT
}
