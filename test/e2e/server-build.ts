import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'

const BUILDS = join(ROOT, '.tap/builds')
const KEPT_MS = 3_600_000
const LEFT_OUT = new Set(['node_modules', 'dist', 'bench', 'test', 'docs', '.git', '.tap'])

/** The folder of a build of the server. Test files share it while no source file changes. */
export function serverBuild (): string {
  const folder = join(BUILDS, hashOfSources())
  if (existsSync(folder)) return folder
  mkdirSync(BUILDS, { recursive: true })
  for (const old of readdirSync(BUILDS)) {
    if (Date.now() - statSync(join(BUILDS, old)).mtimeMs > KEPT_MS) rmSync(join(BUILDS, old), { recursive: true, force: true })
  }
  const draft = mkdtempSync(join(BUILDS, 'draft-'))
  const { status, stderr } = spawnSync(process.execPath, [...TYPESCRIPT, 'cli/build.ts', 'server.ts', join(draft, 'dist')], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  writeFileSync(join(draft, 'package.json'), '{"type":"module"}')
  try {
    renameSync(draft, folder)
  } catch {
    // Another test file was faster.
    rmSync(draft, { recursive: true })
  }
  return folder
}

function hashOfSources (): string {
  const hash = createHash('sha256')
  for (const entry of readdirSync(ROOT, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue
    const files = entry.isDirectory() ? readdirSync(join(ROOT, entry.name), { encoding: 'utf8', recursive: true }).map(file => join(entry.name, file)) : [entry.name]
    for (const file of files.filter(file => /\.ts$|^package(?:-lock)?\.json$/.test(file)).sort()) hash.update(`${file}\0`).update(readFileSync(join(ROOT, file)))
  }
  return hash.digest('hex').slice(0, 32)
}
