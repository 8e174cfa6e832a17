/**
 * Reading settings from the environment: each reader turns the text of one variable into a value or says what it
 * expected. What is wrong is collected, so that one start shows all of it.
 */

/** Every setting that is missing or wrong, one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor (problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Turns text into a value, or into what was expected instead. */
export type Reader<T> = (text: string) => T | Expected

/** What a reader wanted, in words that complete "expected …". */
export class Expected {
  readonly what: string
  constructor (what: string) { this.what = what }
}

/** The environment, read variable by variable. An empty string counts as unset. */
export function settings (env: Readonly<Record<string, string | undefined>>): {
  /** The value of a variable, or the fallback. */
  read: <T>(name: string, reader: Reader<T>, fallback: T) => T
  /** Notes a problem that no single reader can see. */
  report: (problem: string) => void
  /** @throws ConfigError if anything was wrong */
  finish: () => void
} {
  const problems: string[] = []
  return {
    read (name, reader, fallback) {
      const text = env[name]?.trim() ?? ''
      if (text === '') return fallback
      const value = reader(text)
      if (!(value instanceof Expected)) return value
      const found = name.includes('SECRET') ? `${text.length} characters` : JSON.stringify(text)
      problems.push(`${name}: found ${found}, expected ${value.what}`)
      return fallback
    },
    report (problem) { problems.push(problem) },
    finish () { if (problems.length > 0) throw new ConfigError(problems) }
  }
}

export function integer (min: number, max: number): Reader<number> {
  return text => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max
    ? Number(text)
    : new Expected(`a whole number from ${min} to ${max}`)
}

export function oneOf<const T extends string> (...values: T[]): Reader<T> {
  return text => values.find(value => value === text) ?? new Expected(values.map(value => `"${value}"`).join(' or '))
}

export function boolean (text: string): boolean | Expected {
  return text === 'true' ? true : text === 'false' ? false : new Expected('"true" or "false"')
}

/** Comma-separated values, each read by `item`. */
export function list<T> (item: Reader<T>): Reader<readonly T[]> {
  return text => {
    const values = text.split(',').map(part => part.trim()).filter(part => part !== '').map(item)
    const wrong = values.find(value => value instanceof Expected)
    if (wrong !== undefined) return new Expected(`${(wrong as Expected).what}; several are separated by commas`)
    return values.length > 0 ? [...new Set(values as T[])] : new Expected('at least one value')
  }
}

export function text (value: string): string {
  return value
}

/** Names of this machine that are not reachable from elsewhere, as they stand in a URL or a `Host` header. */
export function isLoopback (hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** An origin on this machine, on any port. */
export const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** A bare URL: https, or http on a loopback host, and nothing but scheme, host, port and path. */
export function bareUrl (text: string): URL | Expected {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) return new Expected('an absolute URL')
  const url = new URL(text)
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return new Expected('https:// (http:// is for loopback hosts only)')
  if (url.username !== '' || url.password !== '') return new Expected('a URL without user or password')
  if (/[?#]/.test(text)) return new Expected('a URL without query or fragment')
  return url
}
