// What the suite takes of `fs`, and what Node 20 has not.
export { existsSync, mkdtempSync, promises, readdirSync, readFileSync, writeFileSync, default } from 'node:fs'

export function globSync () {
  throw new Error('fs.globSync is not in this Node')
}
