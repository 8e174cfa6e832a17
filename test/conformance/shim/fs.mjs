export * from 'node:fs'
export { default } from 'node:fs'

export function globSync () {
  throw new Error('fs.globSync is not in this Node')
}
