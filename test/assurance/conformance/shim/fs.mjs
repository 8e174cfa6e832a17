// The exports of `fs` that the suite uses, and a `globSync` for Node 20.
export { existsSync, mkdtempSync, promises, readdirSync, readFileSync, writeFileSync, default } from 'node:fs'

export function globSync () {
  throw new Error('fs.globSync is not in this Node')
}
