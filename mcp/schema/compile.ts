import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { RpcError } from '../errors.ts'
import type { Json } from '../message.ts'
import { extensionsOf } from './advice.ts'
import { constantsFirst } from './constants-first.ts'
import { defaultsOf } from './defaults.ts'
import { createExplainer } from './faults.ts'
import { isMultiple } from './multiple-of.ts'
import { boundSteps, countReferences, hasReferences } from './steps.ts'
import { uniqueItems } from './unique-items.ts'
import { walk } from './walk.ts'

/** A schema that is ready to check values. */
export interface CompiledSchema {
  /** The fault in a value, in words that a model can act on; undefined if the value is right. */
  readonly check: (value: unknown) => string | undefined
  /**
   * A copy of a value in which absent properties have their defaults.
   * @throws RpcError -32602 if a value could fit the schema in too many ways
   */
  readonly withDefaults: (value: unknown) => unknown
}

/** Longest value of format `url`, in characters. */
const MAX_URL = 2048
const URL_PATTERN = formats.default.get('url') as RegExp
/** Longest description of a fault, in characters: it may name a property that the caller chose. */
const MAX_FAULT = 1024
const TOO_MANY_WAYS = 'could fit the schema in too many ways to be checked; nest it less deep'

/**
 * Compiles a schema.
 * @param ajv made by `createAjv({ verbose: true })`
 * @param key names the schema in this Ajv
 * @param name the name of a value of this schema in messages, such as `arguments`
 * @throws Error if the schema is malformed
 */
export function compile (ajv: Ajv2020, written: Json, key: string, name: string): CompiledSchema {
  checkSchema(written)
  const schema = constantsFirst(written)
  for (const keyword of extensionsOf(schema)) if (!ajv.RULES.keywords[keyword]) ajv.addKeyword(keyword)
  const validate = validatorAt(ajv.addSchema(schema, key), key, name)
  const pointers = new Map<Json, string>()

  // Compiled when first needed: most parts of a schema never are.
  function validatorOf (part: Json): typeof validate {
    if (pointers.size === 0) walk(schema, (subschema, pointer) => pointers.set(subschema, pointer))
    return ajv.getSchema(`${key}#${encodeURI(pointers.get(part) as string)}`) as typeof validate
  }

  const explain = createExplainer(schema, validatorOf)
  const fill = defaultsOf(schema, (part, value) => validatorOf(part)(value) as boolean)
  function check (value: unknown): string | undefined {
    if (value === undefined) return `${name}: is missing`
    return validate(value) ? undefined : explain(validate.errors as ErrorObject[], name).slice(0, MAX_FAULT)
  }

  if (!hasReferences(schema)) return { check, withDefaults: fill }
  return {
    check: value => boundSteps(value, () => check(value), () => `${name}: ${TOO_MANY_WAYS}`),
    withDefaults: value => boundSteps(value, () => fill(value), () => { throw new RpcError('invalidParams', `params.${name} ${TOO_MANY_WAYS}`) })
  }
}

function validatorAt (ajv: Ajv2020, key: string, name: string): ReturnType<Ajv2020['compile']> {
  try {
    return ajv.getSchema(key) as ReturnType<Ajv2020['compile']>
  } catch (error) {
    const [, keyword] = /unknown (keyword: ".*")$/.exec((error as Error).message) ?? []
    throw keyword === undefined ? error : new Error(`the schema of the ${name} has the unknown ${keyword}; look for a typing error`, { cause: error })
  }
}

// One Ajv checks all schemas: to compile the schema of schemas takes 100 ms.
let schemaChecker: Ajv2020 | undefined

/** Checks a schema by the schema of JSON Schema 2020-12. @throws Error if it is malformed */
export function checkSchema (schema: Json): void {
  schemaChecker ??= createAjv()
  schemaChecker.validateSchema(schema, true)
}

/** Ajv shortens its code before it runs. V8 does that later anyway, and it takes a quarter of the time to compile. */
export const AS_WRITTEN = { optimize: false } as const

/**
 * An Ajv for JSON Schema 2020-12, with the formats in full. It takes schemas that `checkSchema` passed. `multipleOf`
 * counts in decimals, as the caller wrote the numbers: 0.3 is a multiple of 0.1.
 */
export function createAjv (options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({ strictTypes: false, strictRequired: false, strictTuples: false, validateSchema: false, code: AS_WRITTEN, ...options })
  countReferences(ajv)
  formats.default(ajv)
  ajv.addFormat('date-time', isDateTime)
  // The pattern takes a time that grows with the square of the length.
  ajv.addFormat('url', text => text.length <= MAX_URL && URL_PATTERN.test(text))
  // Ajv resolves anchors, but its strict mode does not know the keyword. `example` is OpenAPI's.
  for (const keyword of ['$anchor', 'example']) ajv.addKeyword(keyword)
  ajv.addKeyword({ keyword: 'x-mcp-header', schemaType: 'string' })
  ajv.removeKeyword('uniqueItems').addKeyword(uniqueItems)
  ajv.removeKeyword('multipleOf')
  ajv.addKeyword({ keyword: 'multipleOf', type: 'number', schemaType: 'number', compile: (step: number) => (value: number) => isMultiple(value, step) })
  return ajv
}

// Fast path: neither 29 February nor a leap second. The library takes a microsecond more for each date.
const COMMON_DATE_TIME = /^\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
const { validate: isLibraryDateTime } = formats.default.get('date-time') as { readonly validate: (text: string) => boolean }

// The library also takes a space for the T, which other validators refuse (RFC 3339 §5.6).
function isDateTime (text: string): boolean {
  return COMMON_DATE_TIME.test(text) || (!/\s/.test(text) && isLibraryDateTime(text))
}
