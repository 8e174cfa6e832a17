import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { serve } from '../../e2e/login-server.ts'
import type { Steps } from '../../support/steps.ts'
import { picture, type Open } from './browser.ts'

const SCHEMES = ['light', 'dark'] as const
const WIDTHS = [1280, 360] as const

/** The page for people as production serves it. */
export async function pageSteps ({ step, teardown }: Steps, open: Open): Promise<void> {
  const { url } = await serve({ teardown })
  const home = new URL('/', url).href

  await step('the page fits both sizes in both colour schemes, and breaks no rule of its policy', async () => {
    for (const colorScheme of SCHEMES) {
      for (const width of WIDTHS) {
        const context = await open({ colorScheme, viewport: { width, height: 800 } })
        const { page, complaints } = await visit(await context.newPage(), home)
        await page.waitForSelector('#readiness[data-state=good]')
        assert.equal(await overflow(page), 0, `${colorScheme}, ${width} px`)
        assert.deepEqual(complaints, [])
        await picture(page, `page-${colorScheme}-${width}`)
        await context.close()
      }
    }
  })

  await step('the tabs follow the arrow keys, and the button copies the URL', async () => {
    const context = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    const { page } = await visit(await context.newPage(), url)
    await page.focus('[role=tab][aria-selected=true]')
    await page.keyboard.press('End')
    const last = await page.getAttribute('[role=tab]:last-child', 'aria-controls')
    assert.equal(await page.getAttribute(':focus', 'aria-controls'), last)
    assert.deepEqual(await page.locator('[role=tabpanel]:visible').evaluateAll(panels => panels.map(({ id }) => id)), [last])
    await page.keyboard.press('ArrowRight')
    assert.equal(await page.getAttribute(':focus', 'tabindex'), '0')

    await page.click('.endpoint .copy')
    await page.waitForSelector('.endpoint .copy:has-text("Copied")')
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), url)
    await context.close()
  })

  await step('without scripts all snippets are readable', async () => {
    const context = await open({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(home)
    assert.equal(await page.locator('[role=tabpanel]:visible').count(), await page.locator('[role=tabpanel]').count())
    await context.close()
  })
}

/** Opens an address, and keeps the complaints of the console, such as one about a broken Content-Security-Policy. */
export async function visit (page: Page, url: string): Promise<{ page: Page, complaints: string[] }> {
  const complaints: string[] = []
  page.on('console', message => { if (message.type() === 'error') complaints.push(message.text()) })
  page.on('pageerror', error => complaints.push(error.message))
  await page.goto(url)
  return { page, complaints }
}

/** Pixels by which the page is wider than the window. */
export function overflow (page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
