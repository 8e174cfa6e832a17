import { MIN_SECRET_LENGTH } from '../mcp/elicitation/seal.ts'
import { Expected, type Reader } from './settings.ts'

// Elsewhere these words mean "everybody" or "nobody". Here each would be a name that matches nothing.
const NO_NAME = /^(?:\*|any|all|everyone|off|no|yes|on|true|false|null)$/i

// One in thousands of random secrets of 32 hexadecimal digits has fewer.
const MIN_SECRET_VARIETY = 10

/** A whole number within bounds, in decimal digits. */
export function integer (min: number, max: number): Reader<number> {
  return text => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max
    ? Number(text)
    : new Expected(`a whole number from ${min} to ${max}`)
}

/** `off`, which gives undefined, or what another reader reads. */
export function orOff<T> (reader: Reader<T>): Reader<T | undefined> {
  return text => {
    if (text === 'off') return undefined
    const value = reader(text)
    return value instanceof Expected ? new Expected(`${value.what}, or "off"`) : value
  }
}

/** One of these words. */
export function oneOf<const T extends string> (...values: T[]): Reader<T> {
  return text => values.find(value => value === text) ?? new Expected(values.map(value => `"${value}"`).join(' or '))
}

/** `true` or `false`. */
export function boolean (text: string): boolean | Expected {
  return text === 'true' ? true : text === 'false' ? false : new Expected('"true" or "false"')
}

/** Comma-separated values, each read by `item`, without repetitions. */
export function list<T> (item: Reader<T>): Reader<readonly T[]> {
  return text => {
    const parts = text.split(',').map(part => part.trim()).filter(part => part !== '')
    // No URL or name holds one of these, so a comma was meant.
    if (parts.some(part => /[\s;|\uFF0C\u3001]/.test(part))) return new Expected('commas between several values')
    const values = parts.map(item)
    const wrong = values.find(value => value instanceof Expected)
    if (wrong !== undefined) return new Expected(`${(wrong as Expected).what}; several are separated by commas`)
    return values.length > 0 ? [...new Set(values as T[])] : new Expected('at least one value')
  }
}

/** The name of something, compared byte for byte. */
export function name (text: string): string | Expected {
  if (text.includes('*')) return new Expected('a full name (wildcards have no meaning here), or the variable unset')
  return NO_NAME.test(text) ? new Expected('a name, or the variable unset') : text
}

/** A secret of this server: at least 32 characters, and too irregular to be guessed. */
export function secret (text: string): string | Expected {
  if (text.length < MIN_SECRET_LENGTH) return new Expected(`at least ${MIN_SECRET_LENGTH} characters`)
  const isRegular = new Set(text).size < MIN_SECRET_VARIETY || repeatsItself(text) || isUnfilled(text)
  return isRegular ? new Expected(`a random one with at least ${MIN_SECRET_VARIETY} different characters, as node -p "crypto.randomBytes(32).toString('base64')" prints it`) : text
}

/** Whether a secret is a placeholder, or stands in quotes that nobody took away. */
export function isUnfilled (text: string): boolean {
  return /change.?me|replace.?(?:me|this|with)|placeholder|your[-_ ]?(?:[a-z]+[-_ ]?)?secret|^(["'`<]|\$\{).*(["'`>]|\})$/i.test(text)
}

// Whether a text is a shorter one, repeated: then it equals itself when it is shifted by the length of that one.
function repeatsItself (text: string): boolean {
  const half = Math.floor(text.length / 2)
  return Array.from({ length: half }, (_, i) => i + 1).some(period => text.startsWith(text.slice(period)))
}
