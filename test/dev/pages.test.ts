import t from 'tap'
import { createUser, fillIn } from '../e2e/login-user.ts'
import { startProvider } from '../support/provider.ts'

const { authorization, issuer, login, newClient } = await startProvider(t)

t.test('lets a user decline, and refuses anybody who is not the user', async t => {
  const back = await createUser({ answer: 'deny' }).login(authorization({ client_id: 'own' }))
  t.match(Object.fromEntries(back.searchParams), { error: 'access_denied', iss: issuer })

  const clientId = await newClient()
  await t.rejects(createUser({ answer: 'deny' }).login(authorization({ client_id: clientId })), /stuck at .*: 400 [^]*access_denied/, 'third-party clients are not called back')
  const user = createUser()
  const { url, html } = await user.open(authorization({ client_id: clientId, login_hint: 'bob@example.com' }))
  t.equal(fillIn(html, { username: 'bob@example.com' }).fields.get('password'), 'password')
  t.match(html, 'value="bob@example.com" required checked')
  for (const form of ['username=alice@example.com&password=x', 'username=eve@example.com&password=password', 'answer=allow']) {
    t.match(await user.open(url, new URLSearchParams(form)), { status: 400, html: 'role="alert"' }, form)
  }
  t.match(await createUser().open(url), { status: 400, html: 'another browser' })
})

t.test('lets a user change the account and sign out', async t => {
  const { clientId, user } = await login({})
  const { url } = await user.open(authorization({ client_id: clientId, prompt: 'consent' }))
  const { html } = await user.open(new URL('?switch', url))
  const { html: signsAliceOut } = await user.open(url, fillIn(html, { username: 'bob@example.com' }).fields)
  const { action, fields } = fillIn(signsAliceOut, {})
  t.match((await user.open(new URL(action), fields)).html, /in the name of <strong>bob@example.com/)

  const { html: asks } = await user.open(new URL(`${issuer}oidc/logout`))
  const form = fillIn(asks, { logout: 'yes' })
  t.match(asks, 'Sign out?')
  t.match((await user.open(new URL(form.action), form.fields)).html, 'Signed out')
  t.match((await user.open(authorization({ client_id: clientId }))).html, 'Sign in')
})

t.test('loads nothing from other sites into its pages, and shows client names as text', async t => {
  const clientId = await newClient()
  const user = createUser()
  const login = await user.open(authorization({ client_id: clientId }))
  const consent = await user.open(login.url, fillIn(login.html, { username: 'alice@example.com' }).fields)
  for (const { html } of [login, consent]) {
    t.match(html, /^<!doctype html>\n<html lang="en">/)
    t.notMatch(html, /<script|<link|<img|@import|url\(|\[object|undefined/)
  }
  t.match(consent.html, 'Allow &#60;Tests&#62;?')
  t.match((await fetch(login.url)).headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/)
})
