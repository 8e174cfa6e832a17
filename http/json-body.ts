import type { FastifyBodyParser, FastifyInstance } from 'fastify'

/** The deepest nesting of arrays and objects in a body. */
export const MAX_DEPTH = 64
/** Longest path in an error message, in characters. */
const MAX_PATH = 128

/** The code of the error for a body that is not in UTF-8. */
export const NOT_UTF8 = 'MCP_ERR_JSON_NOT_UTF8'
/** The code of the error for a body that is nested deeper than MAX_DEPTH. */
export const TOO_DEEP = 'MCP_ERR_JSON_TOO_DEEP'
/** The code of the error for a member that could change a prototype. */
export const FORBIDDEN_MEMBER = 'MCP_ERR_JSON_FORBIDDEN_MEMBER'

/**
 * Fastify's JSON parser, which refuses `__proto__` and `constructor.prototype`, behind a bound on the depth: a body
 * with thousands of levels would exhaust the stack of code that walks it later. JSON is in UTF-8 (RFC 8259 §8.1): a
 * decoder puts U+FFFD in place of other bytes, and a tool would take that for what the caller wrote.
 */
export function boundedJsonParser (app: FastifyInstance): FastifyBodyParser<string> {
  const parse = app.getDefaultJsonParser('error', 'error') as FastifyBodyParser<string>

  return (request, body, done) => {
    if (body.includes('\uFFFD') && hasOtherBytes(body, request.headers['content-length'])) return done(fault(NOT_UTF8, 'not in UTF-8'), undefined)
    if (isTooDeep(body)) return done(fault(TOO_DEEP, 'nested too deep'), undefined)
    return parse(request, body, (error, value) => {
      const path = error ? forbiddenMember(body) : undefined
      done(path === undefined ? error : fault(FORBIDDEN_MEMBER, `The member ${path} is not allowed`), value)
    })
  }
}

/**
 * Whether a text with U+FFFD came from other bytes. Its length shows it: U+FFFD takes three bytes, and a bad sequence has
 * one or two. One of three, the beginning of a character of four, is not noticed: that needs the bytes, and to copy them
 * takes 0.3 µs.
 */
function hasOtherBytes (body: string, length: string | undefined): boolean {
  return length !== undefined && Buffer.byteLength(body) !== Number(length)
}

function fault (code: string, message: string): Error {
  return Object.assign(new Error(message), { statusCode: 400, code })
}

/** The path of a member that the parser refuses; undefined where the body is not JSON at all. */
function forbiddenMember (body: string): string | undefined {
  try {
    return find(JSON.parse(body), '')
  } catch {
    return undefined
  }
}

function find (value: unknown, path: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    const place = path === '' ? name : `${path}.${name}`
    const isForbidden = name === '__proto__' || (name === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype'))
    // The end of the path tells the caller which member is meant.
    const found = isForbidden ? place.slice(-MAX_PATH) : find(member, place)
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether arrays and objects are nested deeper than MAX_DEPTH. Most bodies have fewer of them, and need no closer look. */
function isTooDeep (json: string): boolean {
  return count(json, '{') + count(json, '[') > MAX_DEPTH && depth(json) > MAX_DEPTH
}

/** How often a character is in a text. Stops once there are more than MAX_DEPTH. */
function count (text: string, char: string): number {
  let found = 0
  for (let i = text.indexOf(char); i !== -1 && found <= MAX_DEPTH; i = text.indexOf(char, i + 1)) found++
  return found
}

/** The deepest nesting of brackets outside strings. */
function depth (json: string): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i)
    if (char === 0x22) i = endOfString(json, i)
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x7d || char === 0x5d) depth--
  }
  return deepest
}

/** The place of the quote that ends a string, or the end of the text. */
function endOfString (json: string, start: number): number {
  let end = json.indexOf('"', start + 1)
  while (isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end === -1 ? json.length : end
}

function isEscaped (json: string, quote: number): boolean {
  let start = quote
  while (json[start - 1] === '\\') start--
  return (quote - start) % 2 === 1
}
