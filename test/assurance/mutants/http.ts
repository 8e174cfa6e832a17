// `find` and `replace` hold code as text, so `${` is no template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './list.ts'

const [origin, headers, broken, repeated, app, errors] = ['test/plugins/origin.test.ts', 'test/plugins/headers.test.ts', 'test/http/broken-request.test.ts', 'test/http/repeated-header.test.ts', 'test/app.test.ts', 'test/plugins/errors.test.ts']
const [leaks, transport, body, messages, credentials, keys] = ['test/e2e/leaks.test.ts', 'test/routes/mcp.test.ts', 'test/http/json-body.test.ts', 'test/mcp/message.test.ts', 'test/auth/bearer.test.ts', 'test/auth/keys/source.test.ts']

const loopback = '/^https?:\\/\\/(?:localhost|127(?:\\.\\d{1,3}){3}|\\[::1\\])(?::\\d{1,5})?$/i'
const hostSyntax = '/^(\\[[^\\]]*\\]|[^:]*?)\\.?(?::(\\d+))?$/'
const suspect = '/\\\\[^"\\\\]|eyJ|[\\x7F-\\x9F\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]/u'
const audit = 'test/plugins/audit.test.ts'
const connectExpect = 'test/plugins/connect-expect.test.ts'
const printable = 'test/http/printable-log.test.ts'

/** The headers of every answer, the checks before the endpoint, the log. */
export function httpMutants (): Mutant[] {
  return [
    ...inFile('http/common-headers.ts', [
      ['no-store', 'answers may be cached', "  'cache-control': 'no-store',\n", '', headers, credentials, 'test/assurance/property/property.test.ts'],
      ['nosniff', 'browsers may guess the type of an answer', "'x-content-type-options': 'nosniff'", "'x-none': ''", headers, 'test/assurance/property/property.test.ts']
    ]),
    ...inFile('plugins/origin.ts', [
      ['host', 'any Host is accepted', 'if (!isAllowedHost(host))', 'if (false)', origin, transport],
      ['origin', 'any Origin is accepted', 'if (!isAllowedOrigin(origin))', 'if (false)', origin, transport],
      ['origin-null', 'the origin null is accepted', 'if (!isAllowedOrigin(origin))', "if (origin !== 'null' && !isAllowedOrigin(origin))", origin],
      ['repeated-host', 'a second Host header is ignored', "isRepeated(request, 'host') || ", '', repeated, credentials],
      ['repeated-host-public', 'a second Host header is ignored on the public routes', "isRepeated(request, 'host') ? new Refusal('repeated_header') : undefined", 'undefined', origin],
      ['loopback-names', 'every listed name has every port', 'hosts.exact.filter(isLoopbackHost)', 'hosts.exact', origin],
      ['repeated-type', 'a second Content-Type header is ignored', " || isRepeated(request, 'content-type')", '', repeated, credentials],
      ['absolute-host', 'the Host header is checked instead of the host in an absolute target', "!url.startsWith('/') && URL.canParse(url)", 'false', origin],
      ['no-host', 'a request without Host is accepted', "if (request.headers.host === undefined && request.raw.httpVersion === '1.1')", 'if (false)', connectExpect],
      ['vary', 'a refusal has no Vary: Origin', "reply.header('vary', 'Origin')\n", '', origin],
      ['cors-none', 'no page can read an answer', "reply.header('access-control-allow-origin', origin).header(", 'reply.header(', origin, headers],
      ['cors-any', 'any page may read any answer', 'if (request.routeOptions.config.public)', 'if (true)', origin],
      ['cors-expose', 'pages cannot read the challenge', "'WWW-Authenticate, Retry-After, X-Request-Id'", "'Retry-After, X-Request-Id'", headers],
      ['cors-headers', 'pages cannot send a token', "if (asked.length <= MAX_ASKED_LENGTH) reply.header('access-control-allow-headers', asked)", 'if (asked.length <= MAX_ASKED_LENGTH) {}', origin],
      ['default-port', 'port 80 is accepted for an https resource', "protocol === 'https:' ? '443' : '80'", "'80'", origin]
    ]),
    ...inFile('http/trusted-hops.ts', [
      ['hops', 'each of thousands of forwarded addresses is looked at', 'hop < MAX_HOPS && ', '', 'test/http/trusted-hops.test.ts'],
      ['hops-any', 'every address is that of a trusted proxy', 'hop < MAX_HOPS && isTrusted(address, hop)', 'hop < MAX_HOPS', 'test/http/trusted-hops.test.ts']
    ]),
    ...inFile('http/allow-list.ts', [
      ['loopback-start', 'an origin that ends with a loopback origin is accepted', loopback, loopback.replace('^', ''), origin, transport],
      ['loopback-end', 'an origin that begins with a loopback origin is accepted', loopback, loopback.replace('$', ''), origin, transport],
      ['loopback-prefix', 'a host that begins with localhost is accepted', loopback, loopback.replace('localhost', 'localhost[\\w.]*'), origin, transport],
      ['host-dots', 'any number of final dots is dropped', hostSyntax, hostSyntax.replace('\\.?', '\\.*'), origin],
      ['host-port', 'any port is dropped', 'port === undefined || port === defaultPort', 'true', origin]
    ]),
    ...inFile('http/server.ts', [
      ['coerce', 'types are coerced', 'coerceTypes: false', 'coerceTypes: true', messages, 'test/mcp/revisions/legacy.test.ts', 'test/assurance/property/property.test.ts'],
      ['body-limit', 'a body may be of any length', '    bodyLimit,\n    requestTimeout: REQUEST_TIMEOUT_MS,\n', '    bodyLimit: Number.MAX_SAFE_INTEGER,\n    requestTimeout: REQUEST_TIMEOUT_MS,\n', body],
      ['headers-timeout', 'headers have no time limit', 'http: { headersTimeout: HEADERS_TIMEOUT_MS, requireHostHeader: false },', 'http: { requireHostHeader: false },', app],
      ['request-timeout', 'a request has no time limit', '    requestTimeout: REQUEST_TIMEOUT_MS,\n', '', app],
      ['grace', 'closing fails if it takes the whole grace period', '    pluginTimeout: Math.max(PLUGIN_TIMEOUT_MS, 2 * closeTimeoutMs),\n', '', app],
      ['bad-target', 'a target that is no URL is answered by the framework', '    frameworkErrors: answerBadTarget,\n', '', broken, leaks, 'test/auth/bearer.test.ts']
    ]),
    ...inFile('http/stop-accepting.ts', [
      ['backlog', 'a closing server resets the connections that wait', 'if ((accepted || now - start > QUIET_MS) && now < end)', 'if (false)', 'test/http/stop-accepting.test.ts'],
      ['kept-idle', 'a closing server ends connections that a proxy keeps', 'Server.prototype.close.call(server)', 'server.close()', 'test/http/stop-accepting.test.ts']
    ]),
    ...inFile('plugins/overload.ts', [
      ['overload', 'a server that is late takes all work', '(late < LATE_IN_A_ROW && !isBlocked()) ||', 'true ||', 'test/plugins/overload.test.ts'],
      ['overload-turn', 'requests that arrive together on many connections are all taken, however late', ' && !isBlocked()', '', 'test/plugins/overload.test.ts#refuses the rest of many costly requests'],
      ['overload-turn-once', 'one long request makes the server refuse those that waited for it', 'return now - lateRequest > maxDelay', 'return true', 'test/plugins/overload.test.ts#takes the requests that waited for a single long one'],
      ['overload-health', 'a server that is late fails its health checks', 'request.routeOptions.config.public === true', 'false', 'test/plugins/overload.test.ts'],
      ['overload-once', 'one pause of the event loop counts as overload', 'const LATE_IN_A_ROW = 2', 'const LATE_IN_A_ROW = 1', 'test/plugins/overload.test.ts']
    ]),
    ...inFile('plugins/in-flight.ts', [
      ['linger-idle', 'a connection that has not asked yet is ended at once', '(connections === 0 || Date.now() >= lingerEnd)', 'true', 'test/plugins/in-flight.test.ts']
    ]),
    ...inFile('http/event-stream.ts', [
      ['stream-twice', 'a tool that tells its progress at once and then takes long ends the process', 'this.#isOpen || !this.#takesEvents', '!this.#takesEvents', 'test/http/event-stream.test.ts#opens a stream once'],
      ['accept-each', 'a long Accept is read for each notification of a tool, which stops the server for seconds', 'this.#acceptsEvents ??=', 'this.#acceptsEvents =', 'test/http/event-stream.test.ts#reads Accept once']
    ]),
    ...inFile('http/raw-answer.ts', [
      ['broken-request', 'malformed HTTP is answered without the usual headers', '...COMMON_HEADERS,', '', broken, credentials, 'test/assurance/property/property.test.ts'],
      ['linger', 'a client that never hangs up keeps its connection', "socket.end(`HTTP/1.1 ${status}\\r\\n${lines.join('')}\\r\\n${refusalBody(status)}`)\n  setTimeout(() => socket.destroy(), LINGER_MS).unref()", "socket.end(`HTTP/1.1 ${status}\\r\\n${lines.join('')}\\r\\n${refusalBody(status)}`)\n", broken],
      ['answers-due', 'malformed HTTP is answered before an earlier request', 'response != null && response.req.complete', 'false', connectExpect, 'test/http/raw-answer.test.ts']
    ]),
    ...inFile('plugins/connect-expect.ts', [
      ['connect-reset', 'a reset after CONNECT ends the process', "socket.on('error', () => socket.destroy())", '', connectExpect],
      ['connect-silent', 'CONNECT is not logged', "app.log.info({ address: socket.remoteAddress, method: 'CONNECT', status: 405, outcome: 'denied', reason: 'broken_request', found: 'CONNECT' }, 'refused')", '', connectExpect],
      ['expect-silent', 'an unknown expectation is not logged', "app.log.info({ address: request.socket.remoteAddress, method: request.method, status: 417, outcome: 'denied', reason: 'broken_request', found: 'Expect' }, 'refused')", '', connectExpect]
    ]),
    ...inFile('http/send-queue.ts', [
      ['overdue', 'an answer may wait for ever', 'return bytesWritten - writableLength < oldest', 'return false', 'test/plugins/slow-clients.test.ts#ends a connection'],
      ['overdue-silent', 'a connection without a waiting answer is ended', 'return false', 'return true', 'test/plugins/slow-clients.test.ts#lets a slow tool'],
      ['behind', 'answers that wait behind another one are not counted', 'this.#behind.add(response)', '', 'test/plugins/slow-clients.test.ts#asks too much'],
      ['bytes-total', 'any number of bytes may wait in the process', 'if (total <= most) return []', 'return []', 'test/plugins/slow-clients.test.ts#longest'],
      ['bytes-total-all', 'all connections that wait are ended, and not only as many as needed', 'waiting.slice(0, end + 1)', 'waiting', 'test/plugins/slow-clients.test.ts#longest']
    ]),
    ...inFile('plugins/header-count.ts', [
      ['header-count', 'headers are dropped, and the request is served', 'if (raw.rawHeaders.length <= 2 * MAX_HEADERS)', 'if (true)', repeated],
      ['header-memory', 'a request that is arriving holds any number of headers', 'app.server.maxHeadersCount = MAX_HEADERS + 1', 'app.server.maxHeadersCount = 0', repeated]
    ]),
    ...inFile('plugins/connections.ts', [
      ['connections', 'a client may open any number of connections', 'if (!socket.destroyed && sockets.size >= most)', 'if (false)', 'test/plugins/connections.test.ts'],
      ['connections-busy', 'a new connection ends one that waits for its answer', 'if (answer == null || !answer.req.complete) return socket', 'return socket', 'test/plugins/connections.test.ts']
    ]),
    ...inFile('plugins/slow-clients.ts', [
      ['address-hidden', 'a client that resets its connection hides its address', 'if (socket.remoteAddress === undefined)', 'if (false)', 'test/plugins/request-log.test.ts#hide its address'],
      ['sweep', 'overdue answers are not looked for', "if (queue.isOverdue(SWEEPS)) end(queue, 'answer_not_taken')", '', 'test/plugins/slow-clients.test.ts#ends a connection'],
      ['requests-ahead', 'a client may send any number of requests ahead', 'if (queue.depth > limits.depth)', 'if (false)', 'test/plugins/slow-clients.test.ts#asks too much'],
      ['bytes-ahead', 'requests are read however many bytes wait', 'else if (queue.bytes > limits.connection)', 'else if (false)', 'test/plugins/slow-clients.test.ts#asks too much']
    ]),
    ...inFile('plugins/uploads.ts', [
      ['upload-room', 'bodies that are arriving may hold any number of bytes', 'if (held > room) endOne(heaviestCaller())', '', 'test/plugins/uploads.test.ts#oldest'],
      ['upload-caller', 'a caller with many uploads ends those of others', 'uploads].find(({ request, bytes }) => bytes > 0 && request.user.key === caller)', 'uploads].find(({ bytes }) => bytes > 0)', 'test/plugins/uploads.test.ts#oldest'],
      ['upload-released', 'a complete upload still counts', 'if (uploads.delete(upload)) held -= upload.bytes', 'uploads.delete(upload)', 'test/plugins/uploads.test.ts#counts no upload'],
      ['upload-ended', 'uploads that were ended fill the room, until every large body is refused and the process ends', 'if (!uploads.has(upload)) return', '', 'test/plugins/uploads.test.ts#connection which it ended']
    ]),
    ...inFile('http/broken-request.ts', [
      ['two-lines', 'a request whose body breaks off gets a second line', 'request != null && !request.complete', 'false', 'test/http/raw-answer.test.ts#one answer'],
      ['broken-line', 'a broken request gets no line', "else this.log.info({ address: socket.remoteAddress, outcome: 'denied', ...fault }, 'refused')", '', 'test/http/broken-request.test.ts#logs none']
    ]),
    ...inFile('http/raw-answer.ts', [
      ['two-answers', 'a broken body is answered twice', 'if (isAnswered(socket)) {', 'if (false) {', 'test/http/raw-answer.test.ts#one answer'],
      ['two-answers-begun', 'an answer that is being sent gets another one', 'return !response.req.complete && response.headersSent', 'return false', 'test/http/raw-answer.test.ts#one answer|has its answer']
    ]),
    ...inFile('mcp/message.ts', [
      ['id-length', 'an id of any length is echoed', 'Type.String({ maxLength: MAX_ID_LENGTH })', 'Type.String()', 'test/plugins/memory-bounds.test.ts#bounds what']
    ]),
    ...inFile('routes/mcp.ts', [
      ['tiny-pieces', 'a body in tiny pieces fills the heap', '      preParsing: app.gatherBody,\n', '', 'test/plugins/uploads.test.ts#in pieces of one byte'],
      ['let-go', 'a body is kept until its answer is read', '  request.body = undefined\n', '', 'test/plugins/memory-bounds.test.ts#lets go'],
      ['let-go-exchange', 'the calls of a body are kept until the answer is read', '  request.exchange = ANSWERED\n', '', 'test/plugins/memory-bounds.test.ts#lets go'],
      ['full', 'answers that are made at once fill the memory before ended connections give theirs back', "if (app.isSendMemoryFull()) throw new Refusal('too_much_waiting', { retryAfter: 1 })", '', 'test/plugins/slow-clients.test.ts#makes no further'],
      ['large-answer', 'the bound on all waiting bytes is not checked at a large answer', 'if (replied.body !== undefined && replied.body.length > LARGE_ANSWER) app.boundWaiting()', '', 'test/plugins/slow-clients.test.ts#longest']
    ]),
    // Later versions of Node report this answer by themselves, so nothing shows there.
    ...inFile('http/closed.ts', !process.version.startsWith('v20.')
      ? []
      : [
          ['queued', 'an answer behind another one never ends when its connection breaks', "  socket.on('close', once)\n", '', 'test/plugins/in-flight.test.ts']
        ]),
    ...inFile('plugins/in-flight.ts', [
      ['delay', 'a stopping server refuses connections at once', 'if (delay > 0) await sleep(delay)', '', 'test/plugins/in-flight.test.ts#SHUTDOWN_DELAY']
    ]),
    ...inFile('plugins/not-found.ts', [
      ['parse-404', 'the body of a request without a route is parsed', 'if (!request.is404) return done()', 'return done()', 'test/plugins/not-found.test.ts']
    ]),
    ...inFile('http/method-not-allowed.ts', [
      ['get', 'other methods than POST are answered with 401', ".code(405).header('allow', allow)", ".code(401).header('www-authenticate', 'Bearer')", transport],
      ['health-method', 'a known path with another method is answered as unknown', "['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']", "['PUT']", 'test/routes/health.test.ts#405']
    ]),
    ...inFile('http/content-encoding.ts', [
      ['encoded-body', 'a compressed body is read', 'if (encoding === undefined ||', 'if (encoding !== undefined ||', body],
      ['transfer-coding', 'a body in a transfer coding is read as it is', 'if (!CHUNKED.test(transfer))', 'if (false)', 'test/http/content-encoding.test.ts'],
      ['transfer-old', 'a connection of HTTP/1.0 goes on after chunks', "if (request.raw.httpVersion === '1.0')", 'if (false)', 'test/http/content-encoding.test.ts']
    ]),
    ...inFile('http/unread-body.ts', [
      ['read-on', 'a long body is read although it is not needed', "isLong ? reply.header('connection', 'close') : reply", 'reply', 'test/http/unread-body.test.ts']
    ]),
    ...inFile('plugins/errors.ts', [
      ['no-challenge', 'no 401 has a challenge', "if (header !== undefined) reply.header('www-authenticate', header)", '', credentials],
      ['retry-after', 'neither a 503 nor a 429 says when to try again', "if (status === 503 || status === 429) reply.header('retry-after', String(retryAfter))", '', `${keys}#F5`],
      ['own-words', 'an internal error is shown to the caller', "body('server_error', 'Something went wrong here')", "body('server_error', (error as Error).stack ?? '')", leaks, errors]
    ]),
    ...inFile('auth/challenge.ts', [
      ['challenge-always', 'a caller that is not admitted gets a challenge', 'if (!challenged) return undefined\n', '', 'test/auth/access.test.ts', transport],
      ['challenge-metadata', 'the challenge does not say where the metadata is', '      resource_metadata: resourceMetadata,\n', '', credentials],
      ['challenge-scope', 'the challenge does not name the scopes', "...(scope !== '' && { scope })", '', credentials],
      ['challenge-error', 'a bare challenge has an error', '...(error !== undefined && { error, error_description: description })', "error: error ?? 'invalid_token', error_description: description", credentials]
    ]),
    ...inFile('auth/reasons.ts', [
      ['unavailable-401', 'unreachable keys are answered with 401', 'unavailable: { status: 503,', 'unavailable: { status: 401, challenged: true,', `${keys}#F5`],
      ['unknown-key-told', 'an unknown key is answered differently from a bad signature', "unknown_key: { answer: 'invalid_token'", "unknown_key: { answer: 'old_token'", 'test/auth/jws.test.ts', leaks, keys]
    ]),
    ...inFile('plugins/request-log.ts', [
      ['log-query', 'the query is logged', 'UNKNOWN_PATH.exec(raw.url as string)?.[0]', 'raw.url', credentials, leaks],
      ['log-id', 'a log line has no request id', '    reqId: id,\n', '', 'test/auth/access.test.ts'],
      ['log-reason', 'a refusal is logged without its reason', 'reason: code, ', '', credentials],
      ['log-subject', 'the line does not say who called', '    sub: user?.subject,\n', '', audit],
      ['log-outcome', 'a failed tool reads like a good one', 'record?.outcome ?? outcome', 'outcome', audit],
      ['log-claims', 'every named claim is logged', 'names.filter(name => Object.hasOwn(claims, name))', 'Object.keys(claims)', audit],
      ['log-claims-cut', 'logged claims are not cut', ': forLog(value)', ': value', audit]
    ]),
    ...inFile('plugins/request-end.ts', [
      ['end-observer', 'an observer that throws ends the process', 'for (const observer of observers) tell(observer, end)', 'for (const observer of observers) observer.ended(end)', 'test/plugins/request-end.test.ts'],
      ['log-aborted', 'an aborted request is not logged', 'const status = fault?.status', 'if (isAborted) return\n      const status = fault?.status', 'test/plugins/in-flight.test.ts'],
      ['end-broken', 'a request whose body breaks off reads as if its client had left', 'isUnanswered ? faultOf(request.raw) : undefined', 'undefined', 'test/http/raw-answer.test.ts#one answer']
    ]),
    ...inFile('mcp/declaration/audit.ts', [
      ['audit-unknown', 'audit may name what is neither an argument nor a claim', 'if (!name.startsWith(CLAIM) || name === CLAIM) throw', 'if (false) throw', audit],
      ['audit-claim-argument', 'an argument that a caller gives the name of a claim is logged', 'const args = audit.filter(isArgument)', 'const args = audit', audit]
    ]),
    ...inFile('process/tool-settings.ts', [
      ['audit-unseen', 'audit may name a claim that CALLER_CLAIMS lacks', 'if (unseen !== undefined) throw', 'if (false) throw', audit]
    ]),
    ...inFile('mcp/calls/call-record.ts', [
      ['log-args', 'every argument is logged', 'names.filter(name => Object.hasOwn(args, name))', 'Object.keys(args)', audit],
      ['log-args-cut', 'logged arguments are not cut', 'cut(args[name])', 'args[name]', audit]
    ]),
    ...inFile('http/framework-log.ts', [
      ['log-twice', 'a request without a route logs its URL', '  override routeNotFound (): void {}\n', '', leaks, credentials]
    ]),
    ...inFile('http/printable-log.ts', [
      ['log-unprintable', 'callers can write control characters and bidi marks into the log', ', streamWrite: printableLine', '', printable],
      ['log-token', 'a caller can write its token into the log', "text.replaceAll(TOKEN, '[token]')", 'text', printable],
      ['log-token-in-json', 'one request ends the process: a token is cut out of the middle of an escape', 'JSON.parse(line)', "JSON.parse(line.replaceAll(TOKEN, '[token]'))", printable],
      ['log-escapes', 'escaped control characters in JSON text reach the log', suspect, suspect.replace('\\\\[^"\\\\]|', ''), printable],
      ['log-unreadable', 'an error that cannot be read leaves its call without an answer, and ends the process', 'logMethod: logReadable, ', '', printable],
      ['log-unreadable-member', 'a member that cannot be read ends the process', 'method.call(this, { err }, message)', 'throw err', printable],
      ['log-bound', 'a line may be of any length', '{ left: MAX_LINE, string: MAX_STRING }', '{ left: Infinity, string: Infinity }', printable],
      ['log-stack', 'an error message can forge a line of a stack trace', 'i % 2 === 1 ? part :', "i % 2 === 1 || part.includes('\\n') ? part :", printable]
    ]),
    ...inFile('http/prefers-html.ts', [
      ['html-quadratic', 'one request for the page takes a second', 'quality(range) <= wanted', 'quality(range) <= quality(html)', 'test/http/hostile-text.test.ts']
    ]),
    ...inFile('auth/placeholder.ts', [
      ['placeholder-quadratic', 'a bad token takes a tenth of a second', 'text.length <= MAX_LENGTH && ', '', 'test/http/hostile-text.test.ts']
    ]),
    ...inFile('http/json-body.ts', [
      ['body-utf8', 'bytes that are not UTF-8 become other characters', "if (body.includes('\\uFFFD') && hasOtherBytes(body, request.headers['content-length']))", 'if (false)', 'test/http/json-body.test.ts'],
      ['depth', 'JSON may be nested to any depth', 'if (isTooDeep(body))', 'if (false)', body],
      ['depth-count', 'a body with few brackets of one kind may be nested to any depth', "count(json, '{') + count(json, '[') > MAX_DEPTH", "count(json, '{') > MAX_DEPTH", body],
      ['depth-strings', 'brackets in strings hide those outside', 'if (char === 0x22) i = endOfString(json, i)\n    else if', 'if', 'test/assurance/mutants/pinned.test.ts'],
      ['depth-escaped', 'an escaped quote ends a string', 'while (isEscaped(json, end))', 'while (false)', 'test/assurance/mutants/pinned.test.ts'],
      ['depth-backslash', 'every quote after a backslash is escaped', 'return (quote - start) % 2 === 1', 'return quote > start', 'test/assurance/mutants/pinned.test.ts'],
      ['proto', '__proto__ is accepted', "app.getDefaultJsonParser('error', 'error')", "app.getDefaultJsonParser('ignore', 'error')", body],
      ['constructor', 'constructor.prototype is accepted', "app.getDefaultJsonParser('error', 'error')", "app.getDefaultJsonParser('error', 'ignore')", messages]
    ]),
    ...inFile('routes/mcp.ts', [
      ['open', 'the endpoint needs no token', 'onRequest: [app.authenticate, refuseEncodedBody],', 'onRequest: async request => { request.user = { granted: [], scopes: [] } as never },', credentials],
      ['late-auth', 'the body is read before the token', 'onRequest: [app.authenticate, refuseEncodedBody],', 'preValidation: app.authenticate,', transport, 'test/http/unread-body.test.ts'],
      ['other-types', 'a body of any type is read as JSON', "app.addContentTypeParser('application/json',", "app.addContentTypeParser('*',", body],
      ['paths-scopes', 'the route does not check scopes', 'app.requireScopes(request => request.exchange.needs)', '(_request, _reply, next) => next()', 'test/plugins/auth.test.ts']
    ])
  ]
}
