import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { strip } from './strip.mjs'

/** A hook of Node's module loader (`node:module`, `load`): gives TypeScript as JavaScript, from the disk where it can. */
export async function load (url, context, nextLoad) {
  if (!isTypeScript(url)) return nextLoad(url, context)
  return { format: 'module', shortCircuit: true, source: await strip(await readFile(fileURLToPath(url), 'utf8')) }
}

/** The same for `registerHooks`. The hook of tap comes next, and notes the file. */
export function loadSync (url, context, nextLoad) {
  const loaded = nextLoad(url, context)
  return isTypeScript(url) ? { format: 'module', shortCircuit: true, source: strip(String(loaded.source)) } : loaded
}

function isTypeScript (url) {
  return url.startsWith('file:') && /\.m?ts$/.test(url)
}
