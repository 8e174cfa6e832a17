import assert from 'node:assert/strict'
import type { Steps } from '../../support/steps.ts'
import { picture, type Open } from './browser.ts'
import type { Development } from './development.ts'
import { overflow, visit } from './page.ts'

const SUMMARY = '#verdicts-result'

/** The field of the page that takes a token apart. */
export async function verdictSteps ({ step }: Steps, open: Open, { origin, authority }: Development): Promise<void> {
  await step('a pasted token gets the verdicts of the doctor', async () => {
    const { page, complaints } = await visit(await (await open()).newPage(), origin)
    const now = Math.floor(Date.now() / 1000)
    await page.fill('#token', authority.token({ iat: now - 7200, exp: now - 3600, aud: 'https://api.example.com' }))
    await page.keyboard.press('Control+Enter')
    await page.waitForSelector(`${SUMMARY}:has-text("2 checks of")`)
    assert.match(await page.innerText('#verdicts'), /audience_mismatch.*Default Audience.*expired.*admission/s)
    await page.setViewportSize({ width: 1280, height: 800 })
    await picture(page, 'verdicts-light-1280')
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 360, height: 800 })
    assert.equal(await overflow(page), 0)
    await picture(page, 'verdicts-dark-360')
    assert.deepEqual(complaints, [])

    for (const [text, sentence] of [['', 'no token in the field'], [authority.token(), 'checks passed'], ['x'.repeat(70_000), 'far too long']] as const) {
      await page.fill('#token', text)
      await page.click('button:has-text("Check the token")')
      await page.waitForSelector(`${SUMMARY}:has-text("${sentence}")`)
    }
  })
}
