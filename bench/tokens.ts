import { readFileSync } from 'node:fs'

/** Gives one token after the other; `undefined` when there are no more. */
export type TokenSource = () => string | undefined

/** Which lines of a token file to use, from which on, and whether to begin again at the end. */
export interface TokenRange {
  readonly file: string
  readonly first: number
  readonly count: number
  /** How many of them were used before. */
  readonly used: number
  readonly again: boolean
}

const newline = 10
const files = new Map<string, { readonly bytes: Buffer, readonly ends: readonly number[] }>()

/** Reads tokens out of a file that is kept in memory as bytes: strings are made as they are sent. */
export function tokenSource ({ file, first, count, used, again }: TokenRange): TokenSource {
  if (count < 1) throw new Error('there are too few tokens for as many rounds; raise --tokens')
  const { bytes, ends } = load(file)
  let next = used

  return () => {
    if (next >= count && !again) return undefined
    const line = first + next++ % count
    return bytes.toString('latin1', line === 0 ? 0 : (ends[line - 1] ?? 0) + 1, ends[line])
  }
}

function load (file: string) {
  const known = files.get(file)
  if (known !== undefined) return known

  const bytes = readFileSync(file)
  const ends: number[] = []
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, end + 1)) ends.push(end)

  const loaded = { bytes, ends }
  files.set(file, loaded)
  return loaded
}
