import { inspect } from 'node:util'
import t from 'tap'
import { buildApi, listenForTokens, untypedApi } from '../support/api.ts'

t.test('a path that could lead anywhere but below the URL of the API is refused before anything is sent', async t => {
  const setup = await buildApi(t)
  const stranger = await listenForTokens(t)
  const { host } = new URL(stranger.url)
  const origin = new URL(setup.url).origin
  const request = new Request(`${stranger.url}a`)
  const paths: unknown[] = [
    // absolute, and what parsers take for absolute
    `${stranger.url}a`, `//${host}/a`, `/\\${host}/a`, `\\\\${host}/a`, `\\/${host}/a`, `/\t/${host}/a`, `\t//${host}/a`, `/\n/${host}/a`, `///${host}/a`, `http:${host}`, `http:/${host}/a`, 'javascript:1', 'file:///etc/passwd', 'data:,a', `blob:${stranger.url}a`, 'http://%6c%6f%63alhost/a', `${origin}/v1/a`,
    // the authority goes on
    `@${host}/a`, `:1@${host}/a`, `.${host}/a`, `:${host.split(':')[1]}/a`, `%40${host}/a`, '', '?a', '#a', 'a', './a', '../a',
    // climbs, in every spelling that some server decodes
    '/..', '/../a', '/../../a', '/./a', '/a/..', '/a/../../b', '/%2e%2e/a', '/.%2e/a', '/%2E./a', '/..%2fa', '/..%2Fa', '/..%5ca', '/a%2f..%2f..%2fb', '/%252e%252e/a', '/%25252e%25252e%25252fa', '/..%252fa', '/%25252525252e%25252525252e/a', '/..;/a', '/..;a=b/c', '/a/%2e', '/%2e%2e%5c%2e%2e%5ca',
    // dots and slashes of other scripts, and bytes that are no UTF-8, for servers that normalize
    '/\uff0e\uff0e/a', '/\u2025/a', '/\u2024\u2024/a', '/a\uff0f..\uff0fb', '/%EF%BC%8E%EF%BC%8E/a', '/%25EF%25BC%258E./a', '/..%EF%BC%8Fa', '/%c0%ae%c0%ae/a', '/..%c0%afa', '/..%C1%9Ca', '/%e0%80%ae%e0%80%ae/a', '/%f0%80%80%ae./a', '/%ef%bc%85%ef%bc%85/..%ef%bc%bca', '/\uff052e\uff052e/a',
    // splits a request, or hides from the check
    '/a\r\nHost: evil', '/a\nb', '/a\rb', '/a\tb', '/a b', '/a\u0000b', '/a\u0085b', '/a\u2028b', '/a\\..\\..\\b', '/a#/../..',
    // not a string
    request, new URL(`${stranger.url}a`), Object('/a'), ['/a'], { toString: () => '/a' }, { href: '/a' }, 1, null, undefined, Symbol('a')
  ]
  for (const path of paths) {
    const { error } = await setup.run(context => untypedApi(context)(path))
    t.ok(error instanceof TypeError, encodeURIComponent(inspect(path)))
    t.match((error as Error).message, /^expected a path/)
  }
  t.strictSame([setup.requests, setup.exchanges, stranger.seen], [[], [], []])

  const values = ['/a/b.c', '/...', '/..a', '/a..', '/auth0%7C1', '/a%2Fb', '/100%25', '/%C3%A9', '/é', '/%E9', '/a\u2026', '/\u3002\u3002', '/１．５', '/100%25', '/@a', '/:80', '/a?b=../..&c=//d', '/a?b=%2e%2e%2f', '/a//b', '/']
  for (const path of values) t.equal((await setup.run(({ api }) => api(path).then(({ status }) => status))).value, 200, encodeURIComponent(path))
  t.ok(setup.requests.every(({ path }) => path.startsWith('/v1/')))
})

t.test('a redirect to another origin, or out of the path, is refused, and the token does not go there', async t => {
  const setup = await buildApi(t)
  const stranger = await listenForTokens(t)
  const { host, port } = new URL(stranger.url)
  const own = new URL(setup.url)
  const locations = [
    `${stranger.url}a`, `//${host}/a`, `/\\${host}/a`, `\\\\${host}\\a`, `http://${own.host}@${host}/a`, `http://${own.host}%2f@${host}/a`, `http://127.0.0.1:${own.port}/v1/a`, `https://${own.host}/v1/a`, `http://localhost:${port}/v1/a`,
    `http://user:password@${own.host}/v1/a`, `http://user@${own.host}/v1/a`, `http://:password@${own.host}/v1/a`, `http://localhost.evil.example:${own.port}/v1/a`, 'file:///etc/passwd', 'data:text/plain,a', `blob:${stranger.url}a`, 'javascript:1', 'http://[', `ftp://${own.host}/v1/a`,
    '/', '/v2/a', '/v10/a', '/v1/../a', '../../a', '/v1/..%2fa', '/v1/%252e%252e/a', '/v1/..;/a'
  ]
  for (const status of [301, 302, 303, 307, 308]) {
    for (const location of locations) {
      setup.answer = (_request, response) => { response.writeHead(status, { location }).end() }
      t.match(await setup.run(({ api }) => api('/a', { method: 'POST', body: 'b' })), { error: { fault: 'redirected' }, reply: { result: { isError: true, content: [{ text: /which this server does not follow/ }] } } }, `${status} ${location}`)
    }
  }
  t.equal(setup.requests.length, 5 * locations.length)
  t.strictSame(stranger.seen, [])

  setup.answer = ({ url }, response) => { response.writeHead(302, { location: `${url}a` }).end() }
  const before = setup.requests.length
  t.match(await setup.run(({ api }) => api('/a')), { error: { fault: 'redirected' } }, 'a circle ends')
  t.equal(setup.requests.length, before + 6)
  setup.answer = ({ url }, response) => url === '/v1/a' ? response.writeHead(302, { location: '/v1' }).end() : response.end('ok')
  t.match(await setup.run(({ api }) => api('/a').then(({ status }) => status)), { value: 200 }, 'the URL itself is inside')
})

t.test('a Request in place of init does not change where the request goes', async t => {
  const setup = await buildApi(t)
  const other = 'http://localhost:1/x'
  for (const init of [new Request(other), new Request(other, { headers: { 'x-a': '1' } }), new Request(other, { method: 'POST', body: 'b' })]) {
    const { error, value } = await setup.run(context => untypedApi(context)('/a', init).then(({ url }) => url))
    t.ok(value === `${setup.url}/a` || error instanceof TypeError, inspect(init))
  }
  t.ok(setup.requests.every(({ path }) => path === '/v1/a'))
})
