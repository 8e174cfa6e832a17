/** Longest value that an error repeats, in characters. */
const MAX_LENGTH = 256
// Controls, and characters that a terminal does not show or that change what it shows.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

// A path without a dot is seldom longer; the shortest key has 184 characters in base64.
const MAX_PATH = 100

/** Whether an error must not repeat any part of a value. People also put a key where the path of its file belongs. */
export function isSecret (name: string, text: string): boolean {
  return name.includes('SECRET') || name === 'REDIS_URL' || (name.endsWith('KEY_FILE') && isKey(text))
}

function isKey (text: string): boolean {
  return text.includes('-----') || text.length > (text.includes('.') ? MAX_LENGTH : MAX_PATH)
}

/** A wrong value for an error: in quotes, escaped, cut, and without a password in a URL. Of a secret, only the length. */
export function quotedValue (name: string, text: string): string {
  if (isSecret(name, text)) return `${text.length} characters`
  const plain = text.replace(/^(.*?\/\/)[^]*@|^[^]*:[^]*@/, '$1…@')
  const cut = plain.length > MAX_LENGTH ? `${plain.slice(0, MAX_LENGTH)}…` : plain
  return JSON.stringify(cut).replace(HIDDEN, char => `\\u{${(char.codePointAt(0) as number).toString(16)}}`)
}
