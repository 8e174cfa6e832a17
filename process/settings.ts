import { formFault, PLACEHOLDER } from './form-fault.ts'
import { isSecret, quotedValue } from './quoted-value.ts'

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>

/** Settings that are missing or wrong. `problems` has one line for each. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor (problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Turns the text of a variable into a value, or says what it expected instead. */
export type Reader<T> = (text: string) => T | Expected

/** A text was wrong. `what` completes the sentence "expected …". */
export class Expected {
  readonly what: string
  constructor (what: string) { this.what = what }
}

/** The value of a variable without surrounding blanks; undefined where it is unset, empty or blank. */
export function textOf (env: Env, name: string): string | undefined {
  return env[name]?.trim() || undefined
}

/** Reads variables one by one and collects the problems. */
export interface SettingsReader {
  /** Whether the variable has a value. An empty or blank one counts as unset. */
  isSet (name: string): boolean
  /** The value of a variable, or the fallback where it is unset or wrong. */
  read<T> (name: string, reader: Reader<T>, fallback: T): T
  /** Adds a problem that concerns several variables. */
  report (problem: string): void
  /** @throws ConfigError if there is any problem */
  finish (): void
}

/** A reader of these variables. It collects the problems, so that one failed start shows all of them. */
export function settings (env: Env): SettingsReader {
  const problems: string[] = []
  return {
    isSet: name => textOf(env, name) !== undefined,
    read (name, reader, fallback) {
      const text = textOf(env, name)
      if (text === undefined) return fallback
      // A secret may hold any character, so its reader judges the form.
      const fault = isSecret(name, text) ? undefined : formFault(text)
      const value = fault === undefined || fault === PLACEHOLDER ? reader(text) : new Expected(fault)
      if (fault === undefined && !(value instanceof Expected)) return value
      // The reader says what a real value looks like.
      const expected = [fault === PLACEHOLDER && fault, value instanceof Expected && value.what].filter(Boolean)
      problems.push(`${name}: found ${quotedValue(name, text)}, expected ${expected.join(': ')}`)
      return fallback
    },
    report (problem) { problems.push(problem) },
    finish () { if (problems.length > 0) throw new ConfigError(problems) }
  }
}
