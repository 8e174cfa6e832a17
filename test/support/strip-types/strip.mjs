import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const CACHE = new URL('../../../node_modules/.cache/strip-types/', import.meta.url)

/** TypeScript without its types, which become spaces, so that every position stays. From the disk where it can. */
export function strip (text) {
  const file = new URL(`${createHash('sha256').update(text).digest('hex')}.js`, CACHE)
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It loads the compiler, which takes longer than most tests.
    const { default: blankSpace } = createRequire(import.meta.url)('ts-blank-space')
    const source = blankSpace(text)
    writeWhole(file, source)
    return source
  }
}

/** Test files run side by side: nobody may read a file that is half written. */
function writeWhole (file, source) {
  const draft = new URL(`${file.href}.${process.pid}`)
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(draft, source)
  renameSync(draft, file)
}
