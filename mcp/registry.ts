import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { paramHeaders, type ParamHeader } from './params.ts'
import type { Content, Tool } from './tool.ts'

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

const CONTENT = {
  type: 'array',
  items: {
    type: 'object',
    required: ['type'],
    oneOf: [
      { properties: { type: { const: 'text' }, text: { type: 'string' } }, required: ['text'] },
      { properties: { type: { enum: ['image', 'audio'] }, data: { type: 'string' }, mimeType: { type: 'string' } }, required: ['data', 'mimeType'] },
      { properties: { type: { const: 'resource_link' }, uri: { type: 'string' }, name: { type: 'string' } }, required: ['uri', 'name'] },
      { properties: { type: { const: 'resource' }, resource: { type: 'object', required: ['uri'] } }, required: ['resource'] }
    ]
  }
}

/**
 * Compiles tools.
 * @throws Error that names the tool and what is wrong with its declaration
 */
export function createRegistry (tools: readonly Tool[]): Registry {
  const ajv = new Ajv2020({ strictTypes: false, strictRequired: false, strictTuples: false })
  ajv.addKeyword({ keyword: 'x-mcp-header', schemaType: 'string' })
  formats.default(ajv)
  const checkContent = ajv.compile<readonly Content[]>(CONTENT)

  const registered = new Map<unknown, RegisteredTool>()
  for (const tool of tools) {
    try {
      if (!NAME.test(tool.name)) throw new Error('expected a name of 1 to 128 letters, digits, "_", "-" or "."')
      if (registered.has(tool.name)) throw new Error('another tool has this name')
      if (tool.scopes.length === 0 || !tool.scopes.every(scope => SCOPE.test(scope))) throw new Error('expected at least one scope, without spaces or quotes')
      if (tool.input['type'] !== 'object') throw new Error('expected the input schema to be of type "object"')
      if (!tool.description) throw new Error('expected a description')
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

function checker (validate: ValidateFunction, root: string): (value: unknown) => string | undefined {
  return value => validate(value) ? undefined : describe(validate.errors?.[0], root)
}

function describe (error: ErrorObject | undefined, root: string): string {
  if (error === undefined) return `${root}: not valid`
  const { instancePath, message = 'not valid', params } = error
  const detail = params['allowedValues'] ?? params['additionalProperty'] ?? params['allowedValue']
  return `${root}${instancePath.replaceAll('/', '.')}: ${message}${detail === undefined ? '' : ` (${JSON.stringify(detail)})`}`
}
