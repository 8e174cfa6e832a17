import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { Steps } from '../../support/steps.ts'
import { picture, type Open } from './browser.ts'
import type { Development } from './development.ts'
import { overflow, visit } from './page.ts'

const RESULT = '#sign-in-result'
const SUMMARY = '#verdicts-result'
/** Makes the tab believe that it began a sign-in. */
const BEGUN = 'sessionStorage.setItem("sign-in", JSON.stringify({ state: "s", verifier: "v" }))'

/** The sign-in that `npm run dev` adds to the page. */
export async function signInSteps ({ step }: Steps, open: Open, { origin, authority }: Development): Promise<void> {
  const start = async (): Promise<{ page: Page, complaints: string[] }> => visit(await (await open()).newPage(), origin)

  await step('Alice signs in by keyboard, and whoami shows who she is', async () => {
    const { page, complaints } = await start()
    const hosts = new Set<string>()
    page.on('request', request => hosts.add(new URL(request.url()).origin))
    await page.focus('#sign-in')
    await page.keyboard.press('Enter')
    await page.click('label:has-text("alice@example.com")')
    await page.keyboard.press('Enter')
    await page.focus('button:has-text("Allow")')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.identity')

    assert.match(await page.innerText('.identity'), /auth0\|a11ce.*tool:whoami.*dev-page/s)
    assert.match(await page.innerText(RESULT), /^whoami answered 200 after \d+ ms\.$/)
    assert.equal(page.url(), `${origin}/`, 'the code has left the address bar')
    assert.equal(await page.getAttribute(':focus', 'id'), 'sign-in-title')
    assert.deepEqual(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]'), [0, 0, ''])
    assert.deepEqual([...hosts].sort(), [origin, new URL(authority.url).origin].sort())

    await page.click('#own-token')
    await page.waitForSelector(`${SUMMARY}[data-state=good]`)
    assert.match(await page.innerText(SUMMARY), /^All \d checks passed/)
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 360]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 800 })
        assert.equal(await overflow(page), 0, `${colorScheme}, ${width} px`)
        await picture(page, `identity-${colorScheme}-${width}`)
      }
    }
    await page.click('#forget')
    assert.equal(await page.locator('.identity').count(), 0)
    assert.equal(await page.innerText('#sign-in'), 'Sign in')
    assert.deepEqual(complaints, [])
  })

  await step('Bob gets a sentence about the scope that he lacks, and signs in as Alice', async () => {
    const { page } = await start()
    await signIn(page, 'bob@example.com')
    assert.match(await said(page), /lacks the scope tool:whoami/)
    await picture(page, 'scope')
    await page.click('#sign-in:has-text("Sign in as somebody else")')
    await fillIn(page, 'alice@example.com')
    await page.waitForSelector('.identity')
  })

  await step('a denied consent and a wrong password are shown', async () => {
    const { page } = await start()
    await page.click('#sign-in')
    await page.fill('input[name=password]', 'wrong')
    await page.click('button:has-text("Sign in")')
    await page.waitForSelector('[role=alert]:has-text("password")')
    await fillIn(page, 'alice@example.com', 'Deny')
    assert.match(await said(page), /^Consent was denied/)
    assert.equal(page.url(), `${origin}/`)
  })

  await step('an answer that this tab did not ask for is dropped', async () => {
    const { page } = await start()
    const tokens: string[] = []
    page.on('request', request => { if (request.url().endsWith('/oauth/token')) tokens.push(request.url()) })
    await page.goto(`${origin}/?code=stolen&state=forged`)
    assert.match(await said(page), /does not belong to a sign-in/)
    for (const [query, sentence] of [[`code=c&state=other&iss=${authority.url}`, /does not belong to a sign-in/], ['code=c&state=s&iss=https://evil.example/', /another issuer/], ['error=server_error&error_description=Broken&state=s', /another issuer/], [`error=server_error&error_description=Broken&state=s&iss=${authority.url}`, /refuses: Broken/]] as const) {
      await page.evaluate(BEGUN)
      await page.goto(`${origin}/?${query}`)
      assert.match(await said(page), sentence)
    }
    assert.deepEqual(tokens, [])
  })

  await step('a used code, an expired token and a missing issuer are shown', async () => {
    const { page } = await start()
    await page.evaluate(BEGUN)
    await page.goto(`${origin}/?code=c&state=s&iss=${authority.url}`)
    assert.match(await said(page), /code was used before/)

    const now = Math.floor(Date.now() / 1000)
    const headers = { 'access-control-allow-origin': origin }
    await page.route('**/oauth/token', route => route.fulfill({ headers, json: { access_token: authority.token({ iat: now - 7200, exp: now - 3600 }) } }))
    await signIn(page, 'alice@example.com')
    assert.match(await said(page), /token has expired/)

    await page.route('**/.well-known/openid-configuration', route => route.abort())
    await page.click('#sign-in')
    await page.waitForSelector(`${RESULT}:has-text("The development issuer does not answer")`)
  })
}

async function signIn (page: Page, email: string): Promise<void> {
  await page.click('#sign-in')
  await fillIn(page, email)
}

/** Fills in the pages of the issuer. */
async function fillIn (page: Page, email: string, answer = 'Allow'): Promise<void> {
  await page.click(`label:has-text("${email}")`)
  await page.fill('input[name=password]', 'password')
  await page.click('button:has-text("Sign in")')
  await page.click(`button:has-text("${answer}")`)
}

/** The sentence about a fault, once it is there. */
async function said (page: Page): Promise<string> {
  await page.waitForSelector(`${RESULT}[data-state=bad]`)
  return page.innerText(RESULT)
}
