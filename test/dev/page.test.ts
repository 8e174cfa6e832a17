import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import t from 'tap'
import type { App, AppOptions } from '../../app.ts'
import { examine } from '../../cli/doctor/examine.ts'
import type { Check } from '../../cli/doctor/check.ts'
import { loadConfig } from '../../config.ts'
import { buildDevelopmentApp } from '../../dev/app.ts'
import { startIssuer } from '../../dev/issuer.ts'
import { pageClient } from '../../dev/page/client.ts'
import { SCRIPT } from '../../dev/page/script.ts'
import { MAX_TOKEN_BYTES, VERDICTS_PATH } from '../../dev/page/verdicts.ts'
import whoami from '../../tools/whoami.ts'
import { AUDIENCE, build, type LogLine } from '../support/build.ts'
import { logFault } from '../support/log-check.ts'

const issuer = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] })
t.teardown(() => issuer.close())
const host = 'localhost:3000'
const logs: LogLine[] = []
const app = await development()
t.teardown(() => app.close())

t.test('npm run dev adds a sign-in to the page, and lets its script reach the issuer only', async t => {
  const { body, headers } = await app.inject({ url: '/', headers: { host } })
  t.match(body, `data-issuer="${issuer.url}" data-client="dev-page" data-audience="${AUDIENCE}" data-scope="tool:whoami" data-endpoint="/mcp" data-verdicts="/dev/verdicts"`)
  const policy = String(headers['content-security-policy'])
  t.match(policy, `; connect-src 'self' ${issuer.url.slice(0, -1)}; `)
  const contents = [...body.matchAll(/<(style|script)>([^]*?)<\/\1>/g)]
  t.equal(contents.length, 4)
  for (const name of ['style', 'script']) {
    const hashes = contents.filter(([, tag]) => tag === name).map(([, , text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    t.match(policy, `${name}-src ${hashes.join(' ')};`)
  }
  t.doesNotThrow(() => new Script(SCRIPT))
  t.notMatch(SCRIPT, /innerHTML|insertAdjacentHTML|localStorage/)
})

t.test('without the development issuer there is no sign-in, no other origin and no route', async t => {
  const { app } = await build(t)
  const { body, headers } = await app.inject({ url: '/', headers: { host } })
  t.notMatch(body, /try-it|verdicts|dev-page/)
  t.match(headers['content-security-policy'], "; connect-src 'self'; ")
  t.equal((await app.inject({ method: 'POST', url: VERDICTS_PATH, headers: { host, origin: `http://${host}` } })).statusCode, 404)
})

t.test('LANDING_PAGE=false switches off the sign-in and the verdicts too', async t => {
  const app = await development({ LANDING_PAGE: 'false' }, { tools: [whoami] })
  t.teardown(() => app.close())
  t.equal((await app.inject({ url: '/', headers: { host } })).statusCode, 404)
  t.equal((await app.inject({ method: 'POST', url: VERDICTS_PATH, headers: { host, origin: `http://${host}` } })).statusCode, 404)
})

t.test('a token gets the verdicts of npm run doctor -- --token, and no log line holds it', async t => {
  const expired = issuer.token({ iat: 1_700_000_000, exp: 1_700_003_600 })
  for (const token of [issuer.token(), `Bearer ${expired}`, issuer.token({}, { header: { kid: 'unknown' } }), 'v3ryRand0mOpaqueT0ken', '']) {
    logs.length = 0
    const { statusCode, json } = await verdicts(token)
    t.equal(statusCode, 200)
    const checks = json as Check[]
    // The first checks of the doctor are about the settings.
    const expected = (await examine({ AUTH0_DOMAIN: issuer.url }, { token })).slice(-checks.length)
    t.strictSame(withoutTimes(checks), withoutTimes(expected))
    t.ok(logs.some(line => line['path'] === VERDICTS_PATH), 'the request is logged')
    const written = JSON.stringify(logs)
    for (const part of token.split(/[ .]/).filter(part => part.length > 8)) t.notOk(written.includes(part), 'no part of the token is logged')
  }
  t.match((await verdicts(issuer.token())).json, [{ ok: true, title: 'kind of token' }])
  t.ok(((await verdicts(expired)).json as Check[]).some(({ ok, found }) => !ok && found.startsWith('expired')))
})

t.test('only a page of this very origin may have a token taken apart', async t => {
  for (const origin of [undefined, 'null', 'http://localhost:3001', 'http://127.0.0.1:3000', 'https://evil.example', 'http://localhost:30000']) {
    t.match(await verdicts(issuer.token(), { origin }), { statusCode: 403, json: { error: 'forbidden' } }, String(origin))
  }
  t.equal((await verdicts('x', { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' })).statusCode, 200)
  t.equal((await verdicts('x', { host: 'evil.example', origin: 'http://evil.example' })).statusCode, 403)
})

t.test('refuses a text above 64 KiB, and one that is sent as JSON, since an error could quote it', async t => {
  t.equal((await verdicts('x'.repeat(MAX_TOKEN_BYTES))).statusCode, 200)
  t.equal((await verdicts('x'.repeat(MAX_TOKEN_BYTES + 1))).statusCode, 413)
  t.equal((await verdicts('{', { 'content-type': 'application/json' })).statusCode, 415)
  const { statusCode } = await app.inject({ method: 'POST', url: VERDICTS_PATH, headers: { host, origin: `http://${host}` } })
  t.equal(statusCode, 200, 'without a body: no token')
})

t.test('the page is a client that gets its answers at its own addresses only', async t => {
  t.strictSame(pageClient({ resourceUrl: 'http://localhost:4000/mcp', port: 4000 }).redirect_uris, ['http://localhost:4000/', 'http://127.0.0.1:4000/'])
  t.strictSame(pageClient({ resourceUrl: 'https://dev.example.com/mcp', port: 3000 }).redirect_uris, ['https://dev.example.com/', 'http://localhost:3000/', 'http://127.0.0.1:3000/'])
})

// As in `build`, every line is held to docs/operations.md.
function write (line: string): void {
  t.strictSame(logFault(line), [])
  logs.push(JSON.parse(line))
}

async function development (env: Record<string, string> = {}, options: Partial<AppOptions> = {}): Promise<App> {
  const config = loadConfig({ AUTH0_DOMAIN: issuer.url, ...env })
  return buildDevelopmentApp({ config, logger: { level: 'trace', stream: { write } }, ...options }, issuer.url)
}

async function verdicts (token: string, headers: Record<string, string | undefined> = {}): Promise<{ statusCode: number, json: unknown }> {
  const { statusCode, body } = await app.inject({ method: 'POST', url: VERDICTS_PATH, headers: JSON.parse(JSON.stringify({ host, origin: `http://${host}`, 'content-type': 'text/plain', ...headers })), payload: token })
  return { statusCode, json: JSON.parse(body) }
}

/** Checks without the time of the check, which differs by a second now and then. */
function withoutTimes (checks: readonly Check[]): unknown {
  return JSON.parse(JSON.stringify(checks).replace(/\b17\d{8}\b/g, 'time'))
}
