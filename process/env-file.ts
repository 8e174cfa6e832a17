// The whole module, since an old Node without `parseEnv` must get as far as the check of its version.
import util from 'node:util'
import { ConfigError, type Env } from './settings.ts'

// A line, with its name and its value as written. A quoted value may have several lines.
const LINE = /[ \t]*(?:#.*|(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*((?:"[^"]*"|'[^']*'|`[^`]*`)[ \t]*(?:#.*)?|(?![^\S\n]*["'`]).*)?)?(?:\n|$)/y

/**
 * The settings in the text of a `.env` file.
 * @throws ConfigError for a line that is no setting, and for a name with two values
 */
export function parseSettings (text: string): Env {
  const values = new Map<string, string>()
  LINE.lastIndex = 0
  for (let start = 0; start < text.length; start = LINE.lastIndex) {
    LINE.lastIndex = start
    const number = (): number => text.slice(0, start).split('\n').length
    const [line, name, written = ''] = LINE.exec(text) ?? []
    if (line === undefined) throw new ConfigError([`.env: found line ${number()} that is not understood, expected NAME=value, a comment or nothing`])
    if (name === undefined) continue

    const value = valueOf(written)
    const earlier = values.get(name) ?? ''
    // One of two values would have no effect, and it may be an access policy.
    if (earlier.trim() !== '' && earlier.trim() !== value.trim()) throw new ConfigError([`.env: found another value of ${name} in line ${number()}, expected one`])
    values.set(name, value)
  }
  return Object.fromEntries(values)
}

// Node's parser gets one value at a time, since in a whole file it loses settings silently. After a blank value Node 24
// takes the next line for the value, and Node 20 makes a tab or an earlier comment a part of the name.
function valueOf (written: string): string {
  return util.parseEnv(`VALUE=${written.trim()}`)['VALUE'] as string
}
