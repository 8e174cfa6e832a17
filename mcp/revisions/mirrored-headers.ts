import { RpcError } from '../errors.ts'
import { isObject } from '../message.ts'
import type { ParamHeader } from '../schema/param-headers.ts'

/** Request headers, names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The head of a request, as Node gives it. */
export interface Head {
  readonly headers: Headers
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[]
}

const SENTINEL = /^=\?base64\?(.*)\?=$/
const DECIMAL = /^-?\d+(?:\.\d+)?$/
const VISIBLE = /^[\x20-\x7e\t]*$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Refuses a request whose header differs from its body (streamable-http, "Server Validation").
 * @throws RpcError -32020
 */
export function mustMatch (headers: Headers, name: string, expected: string): void {
  const value = headers[name]
  if (value === undefined) throw missing(name)
  if (value !== expected || !VISIBLE.test(expected)) throw mismatch(name)
}

/** Does the same for a header that may be encoded (streamable-http, "Value Encoding"). @throws RpcError -32020 */
export function mustMatchEncoded (headers: Headers, name: string, expected: string): void {
  const value = headers[name]
  if (value === undefined) throw missing(name)
  if (decode(value) !== expected) throw mismatch(name)
}

/**
 * Checks the headers that mirror arguments: each argument has its header, and no header is without its argument. An
 * argument of another type than string, number or boolean has no header; the check of arguments refuses it later. A header
 * must not come twice: Node joins `eu` and `us` to the valid value `eu, us`, while a gateway may have read one of them.
 * @throws RpcError -32020
 */
export function checkParamHeaders ({ headers, rawHeaders }: Head, params: readonly ParamHeader[], args: unknown): void {
  for (const { header, path } of params) {
    if (isRepeated(rawHeaders, header)) throw mismatch(header)
    const value = path.reduce<unknown>(memberOf, args)
    if (value === undefined || typeof value === 'object') {
      if (headers[header] !== undefined) throw mismatch(header)
    } else if (typeof value === 'number') {
      mustMatchNumber(headers, header, value)
    } else {
      mustMatchEncoded(headers, header, String(value))
    }
  }
}

function isRepeated (rawHeaders: readonly string[], header: string): boolean {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === header).length > 1
}

// Compares values, since `42.0` equals `42`. An integer that JavaScript cannot hold exactly never matches.
function mustMatchNumber (headers: Headers, name: string, expected: number): void {
  const value = headers[name]
  if (value === undefined) throw missing(name)
  const decimal = decode(value) ?? ''
  if (!DECIMAL.test(decimal) || Number(decimal) !== expected || Math.abs(expected) > Number.MAX_SAFE_INTEGER) throw mismatch(name)
}

/** The value of a header; undefined if it is malformed. */
function decode (value: string | string[]): string | undefined {
  if (typeof value !== 'string' || !VISIBLE.test(value)) return undefined
  const [, encoded] = SENTINEL.exec(value) ?? []
  if (encoded === undefined) return value
  const bytes = Buffer.from(encoded, 'base64')
  // Node's decoder skips bad characters, so encode again and compare.
  if (bytes.toString('base64') !== encoded) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

function memberOf (value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function missing (name: string): RpcError {
  return new RpcError('headerMismatch', `Header mismatch: the ${name} header is missing`, { status: 400 })
}

function mismatch (name: string): RpcError {
  return new RpcError('headerMismatch', `Header mismatch: the ${name} header does not match the body`, { status: 400 })
}
