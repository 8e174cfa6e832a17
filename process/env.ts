import { isUtf8 } from 'node:buffer'
import { lstatSync, readFileSync } from 'node:fs'
// The whole module, since an old Node without `parseEnv` must get as far as the check of its version.
import util from 'node:util'
import { checkNode } from './node-version.ts'
import { ConfigError, textOf, type Env } from './settings.ts'

/**
 * The environment, completed by the `.env` file of the working directory. What the environment already holds wins.
 * The server, the development server and the commands all start with this.
 *
 * @throws ConfigError if this Node is too old, or if there is a `.env` that cannot be read or understood: it may hold the access policy
 */
export function loadEnv (): Env {
  checkNode()
  // Tools read their own settings from `process.env`, so that is where those of the file go.
  for (const [name, value] of Object.entries(parse(readEnvFile()))) process.env[name] ??= value
  return process.env
}

function readEnvFile (): string {
  const content = contentOf('.env')
  if (!isUtf8(content) || content.includes(0)) throw new ConfigError(['.env: found another encoding, expected UTF-8 (Windows PowerShell writes UTF-16: save the file as UTF-8)'])
  return content.toString().replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
}

function contentOf (path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A link to nothing, such as a secret that is not mounted yet, is an error and not an absent file.
    if (code === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false }) === undefined) return Buffer.alloc(0)
    throw new ConfigError([`.env: found a file that cannot be read (${code}), expected a readable file or none`])
  }
}

// One line, or several where a quoted value goes on. Node's parser takes a line that it does not understand for a part
// of the next name, and so loses a setting silently.
const LINE = /[ \t]*(?:#.*|(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(?:(?:"[^"]*"|'[^']*'|`[^`]*`)[ \t]*(?:#.*)?|(?![ \t"'`]).*))?(?:\n|$)/y

function parse (text: string): Env {
  const values = new Map<string, string>()
  LINE.lastIndex = 0
  for (let start = 0; start < text.length; start = LINE.lastIndex) {
    LINE.lastIndex = start
    const number = (): number => text.slice(0, start).split('\n').length
    const [line, name] = LINE.exec(text) ?? []
    if (line === undefined) throw new ConfigError([`.env: found line ${number()} that is not understood, expected NAME=value, a comment or nothing`])
    if (name === undefined) continue

    // Node takes the last value, so an access policy further up would have no effect.
    const value = textOf(util.parseEnv(line) as Env, name) ?? ''
    const earlier = values.get(name) ?? ''
    if (earlier !== '' && earlier !== value) throw new ConfigError([`.env: found another value of ${name} in line ${number()}, expected one`])
    values.set(name, value)
  }
  return util.parseEnv(text) as Env
}
