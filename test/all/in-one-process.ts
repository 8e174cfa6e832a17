import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import root from 'tap'
import { ROOT } from '../support/root.ts'

/**
 * Runs test files in this process, one after another. For a small file, a process of its own takes longer than its
 * tests: it has to load tap and the server.
 *
 * @param starts how the names of the files start, as seen from `test/`
 */
export async function runTests (...starts: string[]): Promise<void> {
  const all = readdirSync(join(ROOT, 'test'), { encoding: 'utf8', recursive: true }).sort()
  const files = all.filter(file => file.endsWith('.test.ts') && starts.some(start => file.startsWith(start)))
  for (const file of files) {
    // Tap queues the tests that the file adds behind this one, and the next file behind them.
    await root.test(`test/${file}`, async t => {
      await import(pathToFileURL(join(ROOT, 'test', file)).href)
      t.pass('is loaded')
      // A file may let its own tests run side by side. Beside those of other files, one runs after the other.
      if (files.length > 1) root.jobs = 1
    })
  }
}
