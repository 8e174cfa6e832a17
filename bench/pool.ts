import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { startHelper } from './helper.ts'
import type { Identity } from './issuer.ts'
import { freePort, isFree } from './ports.ts'
import type { Part } from './sign.ts'

/** Live tokens of distinct users in a file, one a line, and who signed them. */
export interface Pool {
  readonly identity: Identity
  readonly file: string
  readonly count: number
  /** A directory for what else a run has to write. */
  readonly directory: string
}

interface Record {
  readonly issuer: string
  readonly kid: string
  readonly pem: string
  readonly count: number
  readonly made: number
}

const hour = 3_600_000
const cores = [0, 1] as const

/**
 * A signature costs most of a millisecond, so tokens are signed before the run, by one process a
 * core, and kept with their key for half of their day in a directory that only this user can read.
 */
export async function openPool (count: number, fresh: boolean): Promise<Pool> {
  const directory = benchDirectory()
  const file = join(directory, 'tokens')

  const kept = fresh ? undefined : read(directory)
  // The tokens name the issuer with its port; where that is taken, another issuer is needed.
  const isUsable = kept !== undefined && kept.count >= count && await isFree(Number(new URL(kept.issuer).port))
  const record = isUsable ? kept : await make(directory, file, count)
  const { issuer, kid, pem } = record
  return { identity: { issuer, kid, key: createPrivateKey(pem) }, file, count, directory }
}

/** Where runs keep what they have made; of this user's own. */
export function benchDirectory (): string {
  const directory = join(tmpdir(), `mcp-bench-${userInfo().uid}`)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}

function read (directory: string): Record | undefined {
  const path = join(directory, 'issuer.json')
  if (!existsSync(path)) return undefined

  const record: Record = JSON.parse(readFileSync(path, 'utf8'))
  return Date.now() - record.made < 12 * hour ? record : undefined
}

async function make (directory: string, file: string, count: number): Promise<Record> {
  const path = join(directory, 'issuer.json')
  rmSync(path, { force: true })
  process.stderr.write(`signing ${count} tokens …\n`)

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const record = {
    issuer: `http://127.0.0.1:${await freePort()}/`,
    kid: randomBytes(16).toString('base64url').slice(0, 21),
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    count,
    made: Date.now()
  }

  const parts = await Promise.all(cores.map(core => signPart(record, core, `${file}.${core}`)))
  rmSync(file, { force: true })
  for (const part of parts) {
    appendFileSync(file, readFileSync(part), { mode: 0o600 })
    rmSync(part)
  }
  writeFileSync(path, JSON.stringify(record), { mode: 0o600 })
  return record
}

async function signPart (record: Record, core: 0 | 1, file: string): Promise<string> {
  const share = Math.ceil(record.count / cores.length)
  const from = core * share
  const helper = startHelper<Part, string>('sign.ts', core)
  const part = await helper.ask({ ...record, from, to: Math.min(from + share, record.count), file })

  helper.stop()
  return part
}
