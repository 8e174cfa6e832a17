import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const CACHE = new URL('../../../node_modules/.cache/strip-types/', import.meta.url)

/** A hook of Node's module loader (`node:module`, `load`): gives TypeScript as JavaScript, from the disk where it can. */
export async function load (url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
  return { format: 'module', shortCircuit: true, source: await strip(await readFile(fileURLToPath(url), 'utf8')) }
}

async function strip (text) {
  const file = new URL(`${createHash('sha256').update(text).digest('hex')}.js`, CACHE)
  try {
    return await readFile(file, 'utf8')
  } catch {
    const { default: blankSpace } = await import('ts-blank-space')
    const source = blankSpace(text)
    // Test files run side by side: nobody may read a file that is half written.
    const draft = new URL(`${file.href}.${process.pid}`)
    await mkdir(CACHE, { recursive: true })
    await writeFile(draft, source)
    await rename(draft, file)
    return source
  }
}
