import { createPrivateKey, createPublicKey, randomBytes, type JsonWebKey } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { AdapterPayload } from 'oidc-provider'
import { makePair, type SigningPair } from './signing.ts'

/** What the development issuer knows: its key, and the clients, grants, sessions and tokens of its logins. */
export interface State {
  readonly pair: SigningPair
  /** Signs the cookies of its pages. */
  readonly cookieKey: string
  readonly entries: Map<string, Entry>
  /** To be called after each change. */
  save (): void
}

/** An object of oidc-provider, such as a grant, and when it expires. */
export interface Entry {
  readonly payload: AdapterPayload
  /** Milliseconds since 1970; null: never. */
  readonly expires: number | null
}

/** How the file is read, and who hears of its faults. */
export interface FileOptions {
  /** Forgets the contents of the file. */
  readonly fresh: boolean
  /** Takes a message for the developer. */
  tell (message: string): void
}

/** A state that ends with the process. */
export function memoryState (pair = makePair()): State {
  return { ...newState(pair), save () {} }
}

/**
 * A state in a file that only its owner can read, so that logins survive a restart of the server. Writes nothing before
 * the first `save`.
 */
export function fileState (path: string, { fresh, tell }: FileOptions): State {
  const content = read(path, tell)
  const state = content === undefined || (fresh && !isRestart(content)) ? newState() : content
  let isBroken = false

  return {
    ...state,
    save () {
      if (isBroken) return
      try {
        write(path, state)
      } catch (error) {
        isBroken = true
        tell(`${path} cannot be written (${(error as Error).message}): logins will not survive a restart`)
      }
    }
  }
}

type Contents = Omit<State, 'save'> & { readonly startedBy?: unknown }

function newState (pair = makePair()): Contents {
  return { pair, cookieKey: randomBytes(32).toString('base64url'), entries: new Map() }
}

// The watcher behind `npm run dev` is the parent of each process that it restarts, and repeats the arguments.
function isRestart ({ startedBy }: Contents): boolean {
  return process.env['npm_lifecycle_event'] === 'dev' && startedBy === process.ppid
}

function write (path: string, { pair, cookieKey, entries }: Contents): void {
  const part = `${path}.${process.pid}`
  const content = { startedBy: process.ppid, kid: pair.kid, key: pair.privateKey.export({ format: 'jwk' }), cookieKey, entries: [...entries] }
  try {
    writeFileSync(part, JSON.stringify(content), { mode: 0o600 })
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

function read (path: string, tell: FileOptions['tell']): Contents | undefined {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') tell(`${path} cannot be used (${(error as Error).message}): starting with a new key and no clients`)
  }
}

function parse (text: string): Contents {
  const { startedBy, kid, key, cookieKey, entries } = JSON.parse(text) as Record<string, unknown>
  const privateKey = createPrivateKey({ key: key as JsonWebKey, format: 'jwk' })
  if (privateKey.asymmetricKeyType !== 'rsa' || typeof kid !== 'string' || typeof cookieKey !== 'string') throw new Error('no RSA key with a kid')
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw new Error('no list of entries')
  return { startedBy, pair: { kid, privateKey, publicKey: createPublicKey(privateKey) }, cookieKey, entries: new Map(entries) }
}

function isEntry (value: unknown): value is [string, Entry] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false
  const { payload, expires } = Object(value[1])
  return payload !== null && typeof payload === 'object' && (expires === null || typeof expires === 'number')
}
