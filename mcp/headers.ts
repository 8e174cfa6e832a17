import { RpcError } from './errors.ts'
import type { ParamHeader } from './params.ts'

/** Request headers, names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

const SENTINEL = /^=\?base64\?(.*)\?=$/
const DECIMAL = /^-?\d+(?:\.0+)?$/
const VISIBLE = /^[\x20-\x7e\t]*$/
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Refuses a request whose header does not say what its body says (streamable-http, "Server Validation").
 * @throws RpcError -32020
 */
export function mustMatch (headers: Headers, name: string, expected: string): void {
  const value = headers[name]
  if (value === expected && VISIBLE.test(expected)) return
  if (value === undefined) throw mismatch(`the ${name} header is missing`)
  throw mismatch(`the ${name} header does not match the body`)
}

/** The same for a header that may be encoded (streamable-http, "Value Encoding"). */
export function mustMatchEncoded (headers: Headers, name: string, expected: string): void {
  const value = headers[name]
  if (value === undefined) throw mismatch(`the ${name} header is missing`)
  if (decode(value) !== expected) throw mismatch(`the ${name} header does not match the body`)
}

/** Checks the headers that mirror arguments: present where the argument is, absent where it is not. */
export function checkParamHeaders (headers: Headers, params: readonly ParamHeader[], args: unknown): void {
  for (const { header, path } of params) {
    const value = path.reduce<unknown>(member, args)
    if (value === undefined || value === null) {
      if (headers[header] !== undefined) throw mismatch(`the ${header} header has no counterpart in the arguments`)
    } else if (typeof value === 'number') {
      const decimal = decode(headers[header] ?? '') ?? ''
      if (!DECIMAL.test(decimal) || Number(decimal) !== value) throw mismatch(`the ${header} header does not match the arguments`)
    } else {
      mustMatchEncoded(headers, header, String(value))
    }
  }
}

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

function mismatch (what: string): RpcError {
  return new RpcError('headerMismatch', `Header mismatch: ${what}`, { status: 400 })
}
