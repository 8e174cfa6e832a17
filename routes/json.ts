import type { FastifyBodyParser, FastifyInstance } from 'fastify'

const MAX_DEPTH = 64

export const TOO_DEEP = 'MCP_ERR_JSON_TOO_DEEP'

/**
 * Fastify's JSON parser, which refuses `__proto__` and `constructor.prototype`, behind a bound on the depth: what is
 * nested by the thousands would exhaust the stack of whoever walks it later.
 */
export function jsonWithin (app: FastifyInstance): FastifyBodyParser<string> {
  const parse = app.getDefaultJsonParser('error', 'error') as FastifyBodyParser<string>

  return (request, body, done) => {
    if (depth(body) <= MAX_DEPTH) return parse(request, body, done)
    done(Object.assign(new Error('nested too deep'), { statusCode: 400, code: TOO_DEEP }), undefined)
  }
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

function endOfString (json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    const char = json.charCodeAt(i)
    if (char === 0x5c) i++
    else if (char === 0x22) return i
  }
  return json.length
}
