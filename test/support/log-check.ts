import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.ts'

const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
const COMMON = ['level', 'time', 'pid', 'hostname', 'msg']
const [FIELDS = [], OUTCOME_ROWS = []] = tablesOf('### The line of a call')
const [[unroutable, ...others] = []] = tablesOf('### Other lines')
const OF_CALLS = fields(FIELDS.map(([field]) => field).join())
const OF_UNROUTABLE = fields(unroutable?.[2])
const OUTCOMES = OUTCOME_ROWS.flatMap(([outcome]) => words(outcome))

/** The messages of docs/operations.md, each with the fields that its line may have. `…` stands for any text. */
export const MESSAGES = others.map(([message, , further]) => ({
  pattern: patternOf(message),
  fields: fields(further)
}))

// The parts of a JWT, or a scheme with what follows it. A random name of a key holds "eyj" now and then.
const TOKEN = /eyJ[\w-]{8,}\.[\w-]{8,}|[Bb]earer\s+[\w.~+/-]{8,}/

// What the first process of several writes.
const [[...PLAIN] = []] = tablesOf('### Lines that are no JSON')
const PLAIN_LINES = PLAIN.map(([line]) => patternOf(line))
// A token of which any part is left, a scheme with what follows it, or a sealed `requestState`.
const PART_OF_JWT = /eyJ[\w-]{8,}/
const SECRET = /\b(?:Bearer|Basic|DPoP)\s+[\w.~+/-]{8,}|authorization["']?\s*[:=](?! Bearer <token>)|client_secret|[\w-]{72,}/i

/**
 * What docs/operations.md does not allow in the output of servers, in words: each line is known, and none holds a
 * secret.
 * @param secrets what must stand nowhere, beside everything that looks like a token
 */
export function outputFaults (output: string, secrets: readonly string[]): string[] {
  return output.split('\n').filter(line => line !== '').flatMap(line => {
    const secret = secretIn(line, secrets)
    if (secret !== undefined) return [`a secret in the log, ${secret.slice(0, 12)}…: ${line}`]
    if (line.startsWith('{')) return logFault(line)
    return PLAIN_LINES.some(pattern => pattern.test(line)) ? [] : [`a line that docs/operations.md does not list: ${line}`]
  })
}

/** What looks like a token in a line, or one of these secrets. */
export function secretIn (line: string, secrets: readonly string[]): string | undefined {
  return (PART_OF_JWT.exec(line) ?? SECRET.exec(line))?.[0] ?? secrets.find(secret => line.includes(secret))
}

/** What docs/operations.md does not allow in a line of the log, in words; empty if the line is right. */
export function logFault (line: string): string[] {
  const fault = tokenFault(line)
  if (fault.length > 0) return fault
  const entry = JSON.parse(line) as Record<string, unknown>
  const allowed = allowedIn(entry)
  if (allowed === undefined) return [`a message that docs/operations.md does not list: ${line}`]
  const { outcome = 'ok' } = entry
  if (!OUTCOMES.includes(String(outcome))) return [`an outcome that docs/operations.md does not list: ${line}`]
  const extra = Object.keys(entry).filter(field => !allowed.has(field))
  return extra.length > 0 ? [`fields that docs/operations.md does not list, ${extra.join(' ')}: ${line}`] : []
}

/** A token in a line of any form, in words; empty if there is none. */
export function tokenFault (line: string): string[] {
  return TOKEN.test(line) ? [`a token in the log: ${line}`] : []
}

function allowedIn (entry: Record<string, unknown>): { has (field: string): boolean } | undefined {
  const message = String(entry['msg'])
  if (/^(?:answered|refused|aborted)$/.test(message)) return 'path' in entry ? OF_CALLS : OF_UNROUTABLE
  const known = MESSAGES.find(({ pattern }) => pattern.test(message))
  // Only a tool writes lines of its own, and they have the id of the request.
  return known?.fields ?? ('reqId' in entry ? { has: () => true } : undefined)
}

/** The tables below a heading: rows of cells, without their heads. */
function tablesOf (heading: string): string[][][] {
  const [section = ''] = page.slice(page.indexOf(`${heading}\n`) + heading.length).split('\n#', 1)
  const tables = section.match(/(?:^\|.*\n)+/gm) ?? []
  return tables.map(table => table.trim().split('\n').slice(2).map(row => row.split(/(?<!\\)\|/).slice(1, -1)))
}

function patternOf (message: string | undefined): RegExp {
  return new RegExp(`^${words(message).join().split('…').map(part => part.replace(/[^\w\s]/g, '\\$&')).join('[^]*')}$`)
}

function fields (cell = ''): ReadonlySet<string> {
  return new Set([...COMMON, ...words(cell)])
}

/** The words in backticks. */
function words (cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string)
}
