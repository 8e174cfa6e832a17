import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { sdk2Application } from '../../e2e/login-client.ts'
import { serve } from '../../e2e/login-server.ts'
import type { Steps } from '../../support/steps.ts'
import { picture, STRANGER, type Open } from './browser.ts'

/** One login after another through the real pages, and the server called by pages of other origins. */
export async function loginSteps ({ step, teardown }: Steps, open: Open): Promise<void> {
  const { url, app, authority } = await serve({ teardown })
  const callback = await listen(teardown, (_request, response) => response.end('You can close this window.'))
  const start = sdk2Application({ mode: { pin: '2026-07-28' } })
  const redirectUrl = `http://localhost:${callback}/callback`

  await step('Alice logs in through the pages, and her client calls whoami', async () => {
    const page = await (await open()).newPage()
    const application = start(url, { login: to => logIn(page, to, redirectUrl, 'alice@example.com') }, redirectUrl)
    await application.connect()
    const { structuredContent } = await application.call('whoami')
    await application.close()

    assert.equal(await page.textContent('body'), 'You can close this window.')
    const { subject, issuer, scopes } = structuredContent as Record<string, unknown>
    assert.match(String(subject), /^auth0\|a11ce/)
    assert.deepEqual([issuer, scopes], [authority.url, ['tool:whoami']])
  })

  await step('the page tells Bob which permission he lacks, and his client gets 403', async () => {
    const page = await (await open()).newPage()
    const login = (to: URL): Promise<URL> => logIn(page, to, redirectUrl, 'bob@example.com', async () => {
      assert.match(await page.innerText('main'), /not permitted to this user/)
    })
    const application = start(url, { login }, redirectUrl)
    await application.connect()
    assert.deepEqual(await application.list(), ['whoami'])
    await assert.rejects(application.call('whoami'))
    await application.close()
    assert.ok(application.asked.includes(`POST ${url} 403`))
  })

  await step('a wrong password is told, on the same page', async () => {
    const page = await (await open()).newPage()
    const application = start(url, { login: async to => { await page.goto(to.href); return to } }, redirectUrl)
    await assert.rejects(application.connect())
    await page.click('label:has-text("bob@example.com")')
    await page.fill('input[name=password]', 'wrong')
    await page.click('button:has-text("Sign in")')
    await page.waitForSelector('[role=alert]')
    assert.equal(await page.inputValue('input[name=username]:checked'), 'bob@example.com')
    await picture(page, 'alert')
  })

  const elsewhere = await listen(teardown, (_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>A client</title>'))

  await step('a page of another local origin sees 401 with its challenge, reads the metadata, and gets in with a token', async () => {
    const page = await (await open()).newPage()
    await page.goto(`http://127.0.0.1:${elsewhere}/`)

    const refused = await post(page, url)
    assert.equal(refused.status, 401)
    const [, metadata = ''] = /^Bearer .*resource_metadata="([^"]+)"/.exec(refused.challenge ?? '') ?? []
    const document = await page.evaluate(async address => {
      const response = await fetch(address, { headers: { 'MCP-Protocol-Version': '2026-07-28' } })
      return await response.json() as Record<string, unknown>
    }, metadata)
    assert.deepEqual([document['resource'], document['authorization_servers']], [url, [authority.url]])

    const answered = await post(page, url, authority.token())
    assert.equal(answered.status, 200)
    assert.equal(answered.body.result.structuredContent.issuer, authority.url)
  })

  await step('a page of an origin that is not allowed gets no answer', async () => {
    const origin = `http://${STRANGER}:${elsewhere}`
    const told: number[] = []
    app.server.prependListener('request', (request, response) => {
      if (request.headers.origin === origin) response.once('finish', () => told.push(response.statusCode))
    })
    const page = await (await open()).newPage()
    await page.goto(origin)
    await assert.rejects(post(page, url, authority.token()), /Failed to fetch/)
    assert.deepEqual(told, [403])
  })
}

/** Fills in the pages as a user would. Returns the URL at which the client gets its answer. */
async function logIn (page: Page, to: URL, redirectUrl: string, email: string, look: () => Promise<void> = async () => {}): Promise<URL> {
  await page.goto(to.href)
  if (await page.locator('input[type=password]').count() > 0) {
    await picture(page, 'login')
    await page.click(`label:has-text("${email}")`)
    await page.click('button:has-text("Sign in")')
  }
  if (!page.url().startsWith(redirectUrl)) {
    await page.waitForSelector('h1:has-text("Allow")')
    await picture(page, `consent-${email}`)
    await look()
    await page.click('button:has-text("Allow")')
  }
  await page.waitForURL(`${redirectUrl}?*`)
  return new URL(page.url())
}

/** The answer that a script of this page gets when it calls whoami. */
function post (page: Page, url: string, token = ''): Promise<{ status: number, challenge: string | null, body: any }> {
  return page.evaluate(async ([url, token]) => {
    const response = await fetch(url as string, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2025-11-25',
        ...(token && { Authorization: `Bearer ${token}` })
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } })
    })
    return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() }
  }, [url, token])
}

/** Another server on loopback. Returns its port. */
async function listen (teardown: Steps['teardown'], answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
