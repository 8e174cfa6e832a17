import { checkApi } from '../api.ts'
import { checkFields, countTo, isBoolean, isFunction, isText, listOf, optional, quoted, shape, upTo, type Rule } from './fields.ts'
import { checkImplied } from './implied.ts'
import { isObject, type ServerInfo } from '../message.ts'
import { checkScopes } from './scopes.ts'
import type { Access, Tool } from '../tool.ts'
import { refuseHidden } from './visible.ts'

const NAME = /^[A-Za-z0-9_.-]{1,128}$/
/** In seconds: one day. */
const MAX_TIME_LIMIT = 86_400
/** Most calls that a limit of a tool may allow. */
const MAX_COUNT = 1_000_000
const isHint = optional(isBoolean)
const isAnything = (): boolean => true

const ICON = {
  src: (src: unknown) => typeof src === 'string' && /^(?:https|data):/.test(src),
  mimeType: optional(isText),
  sizes: optional(listOf(isText)),
  theme: optional(theme => theme === 'light' || theme === 'dark')
}

/** Every field of a tool. Those that allow anything are checked elsewhere. */
const TOOL: Readonly<Record<keyof Tool, Rule>> = {
  name: [value => isText(value) && NAME.test(value), 'a name of 1 to 128 letters, digits, "_", "-" or "."'],
  title: [isText, 'a title'],
  description: [isText, 'a description'],
  scopes: [isAnything, ''],
  baseline: [optional(isBoolean), 'baseline to be true or false'],
  authorize: [optional(isFunction), 'authorize to be a function of the arguments'],
  confirm: [optional(value => value === false || isFunction(value)), 'confirm to be a function of the arguments, or false'],
  input: [value => isObject(value) && value['type'] === 'object', 'the input schema to be of type "object"; write one Type.Object'],
  output: [optional(isObject), 'output to be a schema; leave it out if the handler gives content blocks'],
  annotations: [optional(shape({ readOnlyHint: isHint, destructiveHint: isHint, idempotentHint: isHint, openWorldHint: isHint })), 'annotations to be readOnlyHint, destructiveHint, idempotentHint and openWorldHint, each true or false'],
  icons: [optional(listOf(shape(ICON))), 'icons to be a list of { src, mimeType, sizes, theme }: src an https: or data: URI, sizes a list such as ["48x48"], theme "light" or "dark"'],
  timeLimit: [optional(upTo(MAX_TIME_LIMIT)), `a time limit of up to ${MAX_TIME_LIMIT} seconds, as a number`],
  rateLimit: [optional(shape({ max: countTo(MAX_COUNT), window: upTo(MAX_TIME_LIMIT) })), `rateLimit to have a max of 1 to ${MAX_COUNT} calls and a window of up to ${MAX_TIME_LIMIT} seconds, as numbers`],
  concurrency: [optional(countTo(MAX_COUNT)), `concurrency to be a whole number from 1 to ${MAX_COUNT}`],
  audit: [optional(listOf(isText)), 'audit to be a list of names'],
  rawText: [optional(isBoolean), 'rawText to be true or false'],
  api: [isAnything, ''],
  handler: [isFunction, 'a handler']
}

const ACCESS: Readonly<Record<keyof Access, Rule>> = {
  implies: [isAnything, ''],
  authorize: [optional(isFunction), 'authorize to be a function of the arguments']
}

const SERVER: Readonly<Record<keyof ServerInfo, Rule>> = {
  name: [isText, 'a name'],
  title: [isText, 'a title'],
  version: [isText, 'a version, as a text'],
  instructions: [optional(isText), 'instructions to be a text']
}

/**
 * Checks the fields of a tool, except for its schemas, its audit and the scopes that others imply.
 * @throws Error that says what was expected
 */
export function checkDeclaration (tool: Tool): void {
  checkFields('a tool', tool, TOOL)
  const { annotations, confirm, scopes, title, description, api } = tool
  checkScopes(scopes)
  if (annotations?.destructiveHint === true && confirm === undefined) throw new Error('destructiveHint: true needs a question, confirm: args => \'Delete …?\', or confirm: false')
  refuseHidden('title', title)
  refuseHidden('description', description)
  if (api !== undefined) checkApi(api)
}

/** Checks the rules for all tools. @throws Error that says what was expected */
export function checkAccess (access: Access): void {
  checkMember('access', access, ACCESS)
  const { implies }: Access = access
  if (implies !== undefined) checkImplied(implies)
}

/** Checks the server info, since some clients refuse all of it for one wrong member. @throws Error */
export function checkServerInfo (server: ServerInfo): void {
  checkMember('server', server, SERVER)
  for (const [name, text] of Object.entries(server)) refuseHidden(`${name} of the server`, text)
}

function checkMember (name: string, value: object, rules: Readonly<Record<string, Rule>>): void {
  try {
    if (!isObject(value)) throw new Error(`expected an object; found ${quoted(value)}`)
    checkFields(name, value, rules)
  } catch (error) {
    throw new Error(`${name} of tools/index.ts: ${(error as Error).message}`)
  }
}
