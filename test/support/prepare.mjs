import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { strip } from './strip-types/strip.mjs'

// Runs before all tests. It strips the types of each file once; else each test process would load the compiler for its own.
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LEFT_OUT = new Set(['node_modules', 'dist', 'bench', '.git', '.tap'])

for (const entry of readdirSync(ROOT, { withFileTypes: true })) {
  if (LEFT_OUT.has(entry.name)) continue
  const files = entry.isDirectory() ? readdirSync(join(ROOT, entry.name), { recursive: true }).map(file => join(entry.name, file)) : [entry.name]
  for (const file of files) if (/\.m?ts$/.test(file)) strip(readFileSync(join(ROOT, file), 'utf8'))
}
