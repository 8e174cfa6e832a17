import type { FastifyServerOptions } from 'fastify'

type Logger = FastifyServerOptions['logger']

/** Longest line that is written as it is, in characters. */
const MAX_LINE = 16 * 1024
/** Longest string in a line above MAX_LINE, in characters. */
const MAX_STRING = 1024
/** Deepest nesting in a line that has to be rewritten. */
const MAX_DEPTH = 16
// Controls, format characters (bidi marks, zero width, tags), lone surrogates, line and paragraph separators.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
// A quick test of JSON text for these characters (a control up to U+001F is an escape there) and for the beginning of a
// JWT. The line break at the end of the line does not match.
const SUSPECT = /\\[^"\\]|eyJ|[\x7F-\x9F\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
// A JWT, or the beginning of one: base64url of `{"`. A caller may put its token where a name belongs.
const TOKEN = /eyJ[\w-]{8,}(?:\.[\w-]*)*/g
// pino's own line breaks in a stack; any other comes from a message.
const LINE_BREAK_OF_STACK = /(\n(?= {4}at |caused by: ))/

/**
 * Logger options whose lines hold no JWT, and cannot forge a line, hide text or move a terminal's cursor.
 * All that is logged passes here, the lines of tools and the messages of errors included.
 */
export function printableLog (logger: Logger): NonNullable<Logger> {
  if (logger === undefined || logger === false) return false
  const options = logger === true ? {} : logger
  return { ...options, hooks: { ...options.hooks, logMethod: logReadable, streamWrite: printableLine } }
}

type LogMethod = NonNullable<NonNullable<Exclude<Logger, boolean | undefined>['hooks']>['logMethod']>

/**
 * Writes the line without its error if reading the error throws: it may be a revoked proxy, or have a getter that throws.
 * If another member cannot be read either, such as a `req` that is no request, only the message is written. The log
 * must not throw: a request would get no answer, and an error in a listener would end the process.
 */
const logReadable: LogMethod = function (args, method) {
  const [fields, message] = args as unknown as [object, string]
  try {
    method.apply(this, args)
  } catch {
    const err = new Error('the thrown value cannot be read')
    try {
      method.call(this, { ...fields, err }, message)
    } catch {
      method.call(this, { err }, message)
    }
  }
}

/**
 * A line of JSON without a JWT, and with each unprintable character as the text of its escape, so that a reader who
 * parses the line does not get the character back. A line above 16 KiB is cut.
 */
export function printableLine (line: string): string {
  if (line.length <= MAX_LINE && !SUSPECT.test(line)) return line
  const room = line.length <= MAX_LINE ? { left: Infinity, string: Infinity } : { left: MAX_LINE, string: MAX_STRING }
  return `${JSON.stringify(printable(JSON.parse(line), room))}\n`
}

interface Room {
  /** Characters left for the rest of the line. */
  left: number
  /** Characters for one string. */
  readonly string: number
}

function printable (value: unknown, room: Room, key = '', depth = 0): unknown {
  if (typeof value === 'string') return printableText(value.slice(0, Math.max(0, Math.min(room.string, room.left))), key, room)
  if (typeof value !== 'object' || value === null) return value
  if (depth === MAX_DEPTH) return '[nested]'

  const members: Array<[string, unknown]> = []
  for (const [name, member] of Object.entries(value)) {
    if (room.left <= 0) break
    members.push([printableText(name.slice(0, room.string), '', room), printable(member, room, name, depth + 1)])
  }
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members)
}

function printableText (text: string, key: string, room: Room): string {
  // Not in the JSON of the text: there `\u001e` before "yJ…" looks like a token, and cutting it would break the JSON.
  const clean = text.replaceAll(TOKEN, '[token]')
  // Each second part is a line break that stays.
  const parts = key === 'stack' ? clean.split(LINE_BREAK_OF_STACK) : [clean]
  const escaped = parts.map((part, i) => i % 2 === 1 ? part : part.replace(UNPRINTABLE, escape)).join('')
  room.left -= escaped.length
  return escaped
}

function escape (char: string): string {
  const hex = (char.codePointAt(0) as number).toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
