import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Ajv, type ErrorObject } from 'ajv'
import { RpcError } from '../errors.ts'
import { Json, MAX_ID_LENGTH, META } from '../message.ts'
import { AS_WRITTEN } from './compile.ts'

// Some clients write an empty `_meta` as a list, so only a member of an object is checked.
const CallMeta = Type.Unsafe<{ readonly progressToken?: string | number | null } | undefined>({
  properties: { progressToken: { type: ['string', 'number', 'null'], maxLength: MAX_ID_LENGTH } }
})

/** `params` of `tools/call`. */
export const CallParams = Type.Object({
  name: Type.String(),
  arguments: Type.Optional(Type.Unsafe<Json | null>({ type: ['object', 'null'] })),
  _meta: Type.Optional(CallMeta),
  requestState: Type.Optional(Type.Unknown()),
  inputResponses: Type.Optional(Json)
})
export type CallParams = Static<typeof CallParams>

/** `params` of `tools/list`. The list has one page, so no cursor was ever given out. */
const ListParams = Type.Object({ cursor: Type.Optional(Type.Null()) })

// No tool sends log messages, but an unknown level is refused all the same (2026-07-28 server/utilities/logging).
const LogLevel = Type.Unsafe<string>({ enum: ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] })

/** `params` of every request of 2026-07-28, and all of `server/discover` (basic/index, "_meta"). */
const RequestParams = Type.Object({
  _meta: Type.Object({
    [META.version]: Type.String(),
    [META.clientCapabilities]: Json,
    [META.logLevel]: Type.Optional(LogLevel)
  })
})

const Named = Type.Object({ name: Type.String() })

const NO_ARGUMENTS: Json = Object.freeze({})
const ajv = new Ajv({ verbose: true, allowUnionTypes: true, strictTypes: false, validateSchema: false, code: AS_WRITTEN })

/** Gives `params` their type. @throws RpcError -32602 */
export type ParamsCheck<Schema extends TSchema> = (params: Json) => Static<Schema>

/** Of `tools/call`. */
export const checkCallParams: ParamsCheck<typeof CallParams> = checker(CallParams, 200)
/** Of `tools/list`. */
export const checkListParams: ParamsCheck<typeof ListParams> = checker(ListParams, 200, 'Invalid cursor')
/** Of every request of 2026-07-28. */
export const checkRequestParams: ParamsCheck<typeof RequestParams> = checker(RequestParams, 400)
/** The `name` of a `tools/call`, which a header repeats. */
export const checkName: ParamsCheck<typeof Named> = checker(Named, 400)

/** `params.arguments` of a `tools/call`; absent or null means none. @throws RpcError -32602 for a number that JSON cannot hold */
export function argumentsOf ({ arguments: args }: CallParams): Json {
  if (!isFiniteJson(args)) throw new RpcError('invalidParams', 'params.arguments must not hold a number beyond the range of a double')
  return args ?? NO_ARGUMENTS
}

/** Whether every number in a parsed JSON value is finite: `1e400` parses to Infinity, which is written as `null`. */
export function isFiniteJson (value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value !== 'object' || value === null || Object.values(value).every(isFiniteJson)
}

/** @param status the HTTP status of a refusal */
function checker<Schema extends TSchema> (schema: Schema, status: number, message?: string): ParamsCheck<Schema> {
  const validate = ajv.compile<Static<Schema>>(schema)
  return params => {
    if (validate(params)) return params
    throw new RpcError('invalidParams', message ?? describe(validate.errors?.[0] as ErrorObject), { status })
  }
}

/** Such as `params._meta.progressToken must be a string or a number`. */
function describe ({ instancePath, params, parentSchema }: ErrorObject): string {
  if (params['limit'] !== undefined) return `params._meta.progressToken must not be longer than ${params['limit']} characters`
  const missing = params['missingProperty'] as string | undefined
  const type: string | string[] = missing === undefined ? params['type'] ?? [] : parentSchema?.['properties'][missing].type
  const path = instancePath.split('/').slice(1).concat(missing ?? []).map(name => name.replaceAll('~1', '/'))
  const types = [type].flat().filter(type => type !== 'null').map(type => /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)
  const expected: string[] = params['allowedValues'] ?? types
  return `params${path.map(name => /^\w+$/.test(name) ? `.${name}` : `["${name}"]`).join('')} must be ${expected.join(' or ')}`
}
