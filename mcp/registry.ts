import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { CONTENT } from './content.ts'
import { paramHeaders, type ParamHeader } from './params.ts'
import type { Tool } from './tool.ts'

/** A tool that is ready to be called: its schemas are compiled, its declaration is checked. */
export interface RegisteredTool {
  readonly tool: Tool
  /** What is wrong with these arguments, in words a model can act on; undefined: nothing. */
  readonly checkInput: (args: unknown) => string | undefined
  /** What is wrong with what the handler gave. */
  readonly checkOutput: (output: unknown) => string | undefined
  readonly paramHeaders: readonly ParamHeader[]
}

/** The tools of this server, in the order they are listed. */
export interface Registry {
  readonly tools: readonly Tool[]
  get (name: unknown): RegisteredTool | undefined
  /** Every scope that some tool needs, each once: `scopes_supported` (RFC 9728). */
  readonly scopes: readonly string[]
}

const NAME = /^[A-Za-z0-9_.-]{1,128}$/
// scope-token of RFC 6749 §3.3; whatever else would break a challenge.
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/
// Seconds. Longer work is not a call; and a timer holds 24.8 days at most.
const MAX_TIME_LIMIT = 86_400

/**
 * Compiles tools.
 * @throws Error that names the tool and what is wrong with its declaration
 */
export function createRegistry (tools: readonly Tool[]): Registry {
  const ajv = new Ajv2020({ strictTypes: false, strictRequired: false, strictTuples: false })
  ajv.addKeyword({ keyword: 'x-mcp-header', schemaType: 'string' })
  // Resolved by Ajv, and yet unknown to its strict mode.
  ajv.addKeyword({ keyword: '$anchor', schemaType: 'string' })
  formats.default(ajv, { mode: 'fast' })
  const checkContent = ajv.compile(CONTENT)

  const registered = new Map<unknown, RegisteredTool>()
  for (const tool of tools) {
    try {
      if (registered.has(tool.name)) throw new Error('another tool has this name')
      checkDeclaration(tool)
      registered.set(tool.name, {
        tool,
        checkInput: checker(ajv.compile(tool.input), 'arguments'),
        checkOutput: checker(tool.output === undefined ? checkContent : ajv.compile(tool.output), 'output'),
        paramHeaders: paramHeaders(tool.input)
      })
    } catch (error) {
      throw new Error(`Tool ${JSON.stringify(tool.name)}: ${(error as Error).message}`, { cause: error })
    }
  }

  return {
    tools,
    get: name => registered.get(name),
    scopes: [...new Set(tools.flatMap(tool => tool.scopes))]
  }
}

function checkDeclaration ({ name, scopes, description, input, icons = [], timeLimit = 1 }: Tool): void {
  if (!NAME.test(name)) throw new Error('expected a name of 1 to 128 letters, digits, "_", "-" or "."')
  if (scopes.length === 0 || !scopes.every(scope => SCOPE.test(scope))) throw new Error('expected at least one scope, without spaces or quotes')
  if (description === '') throw new Error('expected a description')
  if (input['type'] !== 'object') throw new Error('expected the input schema to be of type "object"')
  if (!icons.every(({ src }) => /^(?:https|data):/.test(src))) throw new Error('expected icons to be https: or data: URIs')
  if (!(timeLimit > 0 && timeLimit <= MAX_TIME_LIMIT)) throw new Error(`expected a time limit of up to ${MAX_TIME_LIMIT} seconds`)
}

function checker (validate: ValidateFunction, root: string): (value: unknown) => string | undefined {
  return value => {
    if (value === undefined) return `${root}: is missing`
    return validate(value) ? undefined : describe(validate.errors?.[0] as ErrorObject, root)
  }
}

/** What a model can act on: where, what is wrong, and what would be right. */
function describe ({ instancePath, message, params }: ErrorObject, root: string): string {
  const path = instancePath.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
  const detail = params['allowedValues'] ?? params['additionalProperty'] ?? params['allowedValue']
  return `${root}${path}: ${message}${detail === undefined ? '' : ` (${JSON.stringify(detail)})`}`
}
