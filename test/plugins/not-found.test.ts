import t from 'tap'
import { build } from '../support/build.ts'

t.test('reads no body of a request without a route, of a preflight, or of another method', async t => {
  const { app } = await build(t)
  const headers = { host: 'localhost:3000', 'content-type': 'application/json' }
  const rows = [['POST', '/nothing', 404], ['POST', '/health/live', 405], ['DELETE', '/nothing', 404], ['OPTIONS', '/mcp', 204], ['OPTIONS', '/.well-known/oauth-protected-resource', 204], ['PUT', '/mcp', 405], ['POST', '/.well-known/oauth-protected-resource', 405]] as const
  for (const [method, url, status] of rows) {
    const short = await app.inject({ method, url, headers, payload: '{' })
    t.match(short, { statusCode: status, headers: { 'cache-control': 'no-store', connection: 'keep-alive' } }, `${method} ${url}`)
    const long = await app.inject({ method, url, headers, payload: `${'['.repeat(2 ** 19)}${']'.repeat(2 ** 19)}` })
    t.match(long, { statusCode: status, headers: { connection: 'close' } }, `${method} ${url}, and a long body is not waited for`)
  }
})
