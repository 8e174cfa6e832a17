import { isUtf8 } from 'node:buffer'
import { lstatSync, readFileSync } from 'node:fs'
import { parseSettings } from './env-file.ts'
import { checkNode } from './node-version.ts'
import { ConfigError, type Env } from './settings.ts'

/**
 * The environment, completed by the `.env` file of the working directory. A variable that the environment already has wins.
 * The server, the development server and the commands all start with this.
 *
 * @throws ConfigError if this Node is too old, or if there is a `.env` that cannot be read or understood: it may hold the access policy
 */
export function loadEnv (): Env {
  checkNode()
  // Tools read their own settings from `process.env`, so that is where those of the file go.
  for (const [name, value] of Object.entries(parseSettings(readEnvFile()))) process.env[name] ??= value
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
    // The process may open no more files, whatever is in this one.
    if (code === 'EMFILE' || code === 'ENFILE') throw error
    throw new ConfigError([`.env: found a file that cannot be read (${code}), expected a readable file or none`])
  }
}
