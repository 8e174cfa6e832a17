import { inFile, type Mutant } from './mutants.ts'

const [http, leaks, transport, credentials, keys] = ['test/http.test.ts', 'test/leaks.test.ts', 'test/transport.test.ts', 'test/credentials.test.ts', 'test/keys.test.ts']

/** What every answer owes, what is let near the endpoint, what is logged. */
export function httpMutants (): Mutant[] {
  return [
    ...inFile('plugins/headers.ts', [
      ['no-store', 'answers may be stored', "  'cache-control': 'no-store',\n", '', http, credentials, 'test/property.test.ts'],
      ['nosniff', 'types may be guessed', "'x-content-type-options': 'nosniff'", "'x-none': ''", http, 'test/property.test.ts']
    ]),
    ...inFile('plugins/guard.ts', [
      ['host', 'any Host is ours', 'if (!isAllowedHost(host))', 'if (false)', http, transport],
      ['origin', 'any Origin may ask', 'if (origin !== undefined && !isAllowedOrigin(origin))', 'if (false)', http, transport],
      ['origin-null', 'the origin null may ask', 'if (origin !== undefined && !isAllowedOrigin(origin))', "if (origin !== undefined && origin !== 'null' && !isAllowedOrigin(origin))", http],
      ['repeated-host', 'of two Host headers the first counts', "isRepeated(request, 'host') || ", '', http, credentials],
      ['repeated-type', 'of two Content-Type headers the first counts', " || isRepeated(request, 'content-type')", '', http, credentials],
      ['absolute-host', 'the header goes before a target that names its host', "!url.startsWith('/') && URL.canParse(url)", 'false', http],
      ['vary', 'a refusal for one page may be kept for another', "reply.header('vary', 'Origin')\n", '', http]
    ]),
    ...inFile('settings.ts', [
      ['loopback-start', 'what ends like a loopback origin is one', 'export const LOOPBACK_ORIGIN = /^https?', 'export const LOOPBACK_ORIGIN = /https?', http, transport],
      ['loopback-end', 'what begins like a loopback origin is one', '(?::\\d{1,5})?$/i', '(?::\\d{1,5})?/i', http, transport],
      ['loopback-prefix', 'any host that begins with localhost is one', '(?:localhost|127', '(?:localhost[\\w.]*|127', http, transport],
      ['http-issuer', 'an issuer may speak plain http anywhere', "if (url.protocol === 'http:' && !isLoopback(url.hostname))", 'if (false)', 'test/config.test.ts']
    ]),
    ...inFile('plugins/cors.ts', [
      ['cors-none', 'no page can read an answer', "reply.header('access-control-allow-origin', origin).header(", 'reply.header(', http],
      ['cors-any', 'any page may read any answer', 'if (config.public)', 'if (true)', http],
      ['cors-expose', 'pages cannot read the challenge', "'WWW-Authenticate, Retry-After", "'Retry-After", http],
      ['cors-headers', 'pages cannot send a token', "if (asked !== undefined) reply.header('access-control-allow-headers', asked)", '', http]
    ]),
    ...inFile('app.ts', [
      ['coerce', 'types are bent to fit', 'coerceTypes: false', 'coerceTypes: true', transport, 'test/legacy.test.ts', 'test/property.test.ts'],
      ['body-limit', 'a body may be of any length', 'const BODY_LIMIT = 1024 * 1024', 'const BODY_LIMIT = 1024 * 1024 * 1024', transport],
      ['headers-timeout', 'headers may take for ever', 'http: { headersTimeout: HEADERS_TIMEOUT_MS },', '', http],
      ['request-timeout', 'a request may take for ever', '    requestTimeout: REQUEST_TIMEOUT_MS,\n', '', http],
      ['header-count', 'headers above the two thousandth are overlooked', '  app.server.maxHeadersCount = 0\n', '', http],
      ['grace', 'closing fails where it takes as long as it may', '    pluginTimeout: 2 * GRACE_MS,\n', '', 'test/server.test.ts#the end comes after ten seconds'],
      ['bad-target', 'a target that is no URL is answered by the framework', '    frameworkErrors: answerBadTarget,\n', '', http, leaks, 'test/credentials.test.ts']
    ]),
    ...inFile('plugins/broken-request.ts', [
      ['broken-request', 'what is no HTTP is answered without our headers', 'Cache-Control: no-store\\r\\nX-Content-Type-Options: nosniff\\r\\n', '', http, credentials, 'test/property.test.ts'],
      ['linger', 'who never hangs up holds a connection for ever', '  setTimeout(() => socket.destroy(), LINGER_MS).unref()\n', '', http],
      ['answers-due', 'what is no HTTP is answered in place of what came before', 'response != null && response.req.complete', 'false', http]
    ]),
    ...inFile('plugins/not-found.ts', [
      ['parse-404', 'a body is parsed for what has no route', 'if (!request.is404) return done()', 'return done()', http]
    ]),
    ...inFile('plugins/closed.ts', [
      ['queued', 'an answer behind another is never over when its connection breaks', "  socket.on('close', once)\n", '', 'test/closing.test.ts']
    ]),
    ...inFile('plugins/unread.ts', [
      ['read-on', 'a long body is read although nobody wants it', "isLong ? reply.header('connection', 'close') : reply", 'reply', http]
    ]),
    ...inFile('plugins/errors.ts', [
      ['no-challenge', 'no 401 has a challenge', "if (header !== undefined) reply.header('www-authenticate', header)", '', credentials],
      ['retry-after', 'a 503 does not say when to try again', "if (status === 503) reply.header('retry-after', String(retryAfter))", '', `${keys}#F5`],
      ['own-words', 'what went wrong here is told to the caller', "body('server_error', 'Something went wrong here')", "body('server_error', (error as Error).stack ?? '')", leaks, http]
    ]),
    ...inFile('auth/challenge.ts', [
      ['challenge-always', 'who is not admitted is asked to log in again', 'if (!challenged) return undefined\n', '', 'test/access.test.ts', transport],
      ['challenge-metadata', 'the challenge does not say where the metadata is', '      resource_metadata: resourceMetadata,\n', '', credentials],
      ['challenge-scope', 'the challenge does not name the scopes', '      resource_metadata: resourceMetadata,\n      scope\n', '      resource_metadata: resourceMetadata\n', credentials],
      ['challenge-error', 'a bare challenge has an error', '...(error !== undefined && { error, error_description: description })', "error: error ?? 'invalid_token', error_description: description", credentials]
    ]),
    ...inFile('auth/reasons.ts', [
      ['unavailable-401', 'our trouble is the caller\'s', 'unavailable: { status: 503,', 'unavailable: { status: 401, challenged: true,', `${keys}#F5`],
      ['unknown-key-told', 'an unknown key is told from a bad signature', "unknown_key: { answer: 'invalid_token'", "unknown_key: { answer: 'old_token'", 'test/jose.test.ts', leaks, keys]
    ]),
    ...inFile('plugins/request-log.ts', [
      ['log-query', 'the query is logged', 'UNKNOWN_PATH.exec(raw.url as string)?.[0]', 'raw.url', credentials, leaks],
      ['log-aborted', 'nothing is told of who went away', 'const isAborted = isCutOff(reply.raw)', 'const isAborted = isCutOff(reply.raw)\n    if (isAborted) return', 'test/closing.test.ts'],
      ['log-twice', 'a request without a route logs its URL', '  override routeNotFound (): void {}\n', '', leaks, credentials],
      ['log-id', 'a line does not tell which request it is of', '      [this.requestIdLogLabel]: id,\n', '', 'test/access.test.ts'],
      ['log-reason', 'a refusal is logged without its reason', 'reason: refusal.reason, ', '', credentials]
    ]),
    ...inFile('routes/json.ts', [
      ['depth', 'JSON may be nested without end', 'if (depth(body) <= MAX_DEPTH)', 'if (true)', transport],
      ['depth-strings', 'brackets in strings hide those outside', 'if (char === 0x22) i = endOfString(json, i)\n    else if', 'if', 'test/mutants.test.ts'],
      ['proto', '__proto__ is taken', "app.getDefaultJsonParser('error', 'error')", "app.getDefaultJsonParser('ignore', 'error')", transport, http],
      ['constructor', 'constructor.prototype is taken', "app.getDefaultJsonParser('error', 'error')", "app.getDefaultJsonParser('error', 'ignore')", transport, http]
    ]),
    ...inFile('routes/mcp.ts', [
      ['open', 'the endpoint needs no token', '      onRequest: app.authenticate,\n', '      onRequest: async request => { request.user = { granted: [], scopes: [] } as never },\n', credentials],
      ['late-auth', 'the body is read before the token', '      onRequest: app.authenticate,\n', '      preValidation: app.authenticate,\n', transport, http],
      ['get', 'whatever is not POST is told to log in', ".code(405).header('allow', ALLOW)", ".code(401).header('www-authenticate', 'Bearer')", transport, http],
      ['other-types', 'a body of any type is read as JSON', "app.addContentTypeParser('application/json',", "app.addContentTypeParser('*',", transport],
      ['paths-scopes', 'no scope is asked for', ', app.requireScopes(request => (request.exchange as Exchange).scopes)', '', 'test/auth.test.ts']
    ])
  ]
}
