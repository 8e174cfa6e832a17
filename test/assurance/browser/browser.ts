import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'
import type { Test } from '../../support/build.ts'

/** Opens a new profile. Default: 800 by 720 pixels. */
export type Open = (options?: BrowserContextOptions) => Promise<BrowserContext>

/** A host name that only this browser resolves, so that its page counts as one of another machine. */
export const STRANGER = 'stranger.example'

// CHROMIUM says where the browser is; SCREENSHOTS, a folder, keeps pictures of the pages.
const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium'
const screenshots = process.env['SCREENSHOTS']

/** Starts Chromium, or ends the process with a sentence if there is none. */
export async function startBrowser (t: Test): Promise<Open> {
  if (!existsSync(executablePath)) {
    console.error(`No Chromium at ${executablePath}: install it (apt-get install chromium), or say where it is with CHROMIUM`)
    process.exit(1)
  }
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'))
  t.teardown(() => rm(profile, { recursive: true, force: true, maxRetries: 3 }))
  const browser = await chromium.launch({
    executablePath,
    timeout: 20_000,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      `--host-resolver-rules=MAP ${STRANGER} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`
    ],
    env: { ...process.env, HOME: profile } as Record<string, string>
  })
  t.teardown(() => browser.close())
  return async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 800, height: 720 }, ...options })
    context.setDefaultTimeout(10_000)
    return context
  }
}

/** Keeps a picture of the page if SCREENSHOTS names a folder. */
export async function picture (page: Page, name: string): Promise<void> {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}
