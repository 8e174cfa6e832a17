import { RpcError } from './errors.ts'

/** The `params` of a request, as they came. */
export type Params = Readonly<Record<string, unknown>>

const NO_ARGUMENTS: Params = Object.freeze({})

/** `params.arguments` of a `tools/call`; absent means none. @throws RpcError -32602 */
export function argumentsOf (params: Params): Params {
  const args = params['arguments'] ?? NO_ARGUMENTS
  if (!isObject(args)) throw new RpcError('invalidParams', 'params.arguments must be an object')
  return args
}

/** `params._meta.progressToken`. @throws RpcError -32602 where it is neither a string nor an integer */
export function progressTokenOf (params: Params): string | number | undefined {
  const meta = params['_meta']
  const token = isObject(meta) ? meta['progressToken'] : undefined
  if (token === undefined || typeof token === 'string' || Number.isInteger(token)) return token as string | number | undefined
  throw new RpcError('invalidParams', 'params._meta.progressToken must be a string or an integer')
}

/** The list, which has one page: a cursor was not given out by us (server/utilities/pagination). */
export function noCursor<List> (params: Params, list: List): List {
  if ((params['cursor'] ?? undefined) === undefined) return list
  throw new RpcError('invalidParams', 'Invalid cursor')
}

/** The answer to a method that a revision does not have. */
export function methodNotFound (method: string, status: number): RpcError {
  return new RpcError('methodNotFound', `Method not found: ${method.slice(0, 128)}`, { status })
}

/** Whether a value is a JSON object: neither a list nor null. */
export function isObject (value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
