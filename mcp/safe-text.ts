import type { Content } from './schema/content.ts'

/** Scripts in which a joiner between two letters changes how they are written. */
const JOINED = '\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Mongolian}'
/** Invisible characters that the writing needs: in emoji, and between letters of those scripts. */
const NEEDED = [
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  `(?<=[${JOINED}])[\\u200c\\u200d](?=[${JOINED}])`
].join('|')
// Controls other than tab and newline; marks of direction, zero width, tags and variation selectors; annotations.
const HIDDEN = '[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]'

/** Members of a block that hold base64, which may be megabytes. */
const BINARY = new Set(['data', 'blob'])

const SUSPECT = new RegExp(HIDDEN, 'u')
const UNNEEDED = new RegExp(`(?!${NEEDED})${HIDDEN}`, 'gu')

/**
 * Text without characters that a person cannot see but a model reads: they can hide instructions, and a control can
 * move the cursor of a terminal (server/tools, "Security Considerations"). Tab and newline stay.
 */
export function withoutHidden (text: string): string {
  return SUSPECT.test(text) ? text.replace(UNNEEDED, '') : text
}

/** The first hidden character, as `U+200B`. */
export function hiddenIn (text: string): string | undefined {
  const hidden = text.match(UNNEEDED)?.[0]?.codePointAt(0)
  return hidden === undefined ? undefined : `U+${hidden.toString(16).toUpperCase().padStart(4, '0')}`
}

/** JSON text in which hidden characters stand as escapes: they can be seen, and the data is the same. */
export function escapeHidden (json: string): string {
  return !isPlain(json) && SUSPECT.test(json) ? json.replace(UNNEEDED, escape) : json
}

// Most output is ASCII, and this test is faster than the regular expression. The only raw control in JSON is DEL.
function isPlain (json: string): boolean {
  return Buffer.byteLength(json) === json.length && !json.includes('\x7f')
}

/** A block whose text, names and addresses have no hidden characters. Binary data is left alone. */
export function cleanBlock (block: Content): Content {
  switch (block.type) {
    case 'text': return { ...block, text: withoutHidden(block.text) }
    case 'resource': return { ...block, resource: cleanMembers(block.resource) }
    default: return cleanMembers(block)
  }
}

function cleanMembers<Members extends object> (object: Members): Members {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, typeof value === 'string' && !BINARY.has(name) ? withoutHidden(value) : value])) as Members
}

function escape (character: string): string {
  let escaped = ''
  for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  return escaped
}
