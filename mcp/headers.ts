import { RpcError } from './errors.ts'
import type { ParamHeader } from './params.ts'

/** Request headers, names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

const SENTINEL = /^=\?base64\?(.*)\?=$/
const DECIMAL = /^-?\d+(?:\.\d+)?$/
const VISIBLE = /^[\x20-\x7e\t]*$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Refuses a request whose header does not say what its body says (streamable-http, "Server Validation").
 * @throws RpcError -32020
 */
export function mustMatch (headers: Headers, name: string, expected: string): void {
  const value = headers[name]
  if (value === undefined) throw missing(name)
  if (value !== expected || !VISIBLE.test(expected)) throw mismatch(name)
}

/** The same for a header that may be encoded (streamable-http, "Value Encoding"). */
export function mustMatchEncoded (headers: Headers, name: string, expected: string): void {
  const value = headers[name]
  if (value === undefined) throw missing(name)
  if (decode(value) !== expected) throw mismatch(name)
}

/**
 * Checks the headers that mirror arguments: present where the argument is, absent where it is not. An argument that
 * is neither text, number nor truth has none; that it is of the wrong type is then told by the check of arguments.
 */
export function checkParamHeaders (headers: Headers, params: readonly ParamHeader[], args: unknown): void {
  for (const { header, path } of params) {
    const value = path.reduce<unknown>(member, args)
    if (value === undefined || typeof value === 'object') {
      if (headers[header] !== undefined) throw mismatch(header)
    } else if (typeof value === 'number') {
      mustMatchNumber(headers, header, value)
    } else {
      mustMatchEncoded(headers, header, String(value))
    }
  }
}

// By value, since `42.0` and `42` are equal; what JavaScript cannot hold exactly has no value to go by.
function mustMatchNumber (headers: Headers, name: string, expected: number): void {
  const value = headers[name]
  if (value === undefined) throw missing(name)
  const decimal = decode(value) ?? ''
  if (!DECIMAL.test(decimal) || Number(decimal) !== expected || Math.abs(expected) > Number.MAX_SAFE_INTEGER) throw mismatch(name)
}

/** The value that a header stands for; undefined where it stands for none. */
function decode (value: string | string[]): string | undefined {
  if (typeof value !== 'string' || !VISIBLE.test(value)) return undefined
  const [, encoded] = SENTINEL.exec(value) ?? []
  if (encoded === undefined) return value
  const bytes = Buffer.from(encoded, 'base64')
  // Node's decoder forgives; what does not come back as it was is not Base64.
  if (bytes.toString('base64') !== encoded) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

function member (value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

function missing (name: string): RpcError {
  return new RpcError('headerMismatch', `Header mismatch: the ${name} header is missing`, { status: 400 })
}

function mismatch (name: string): RpcError {
  return new RpcError('headerMismatch', `Header mismatch: the ${name} header does not match the body`, { status: 400 })
}
