// `find` and `replace` hold code as text, so `${` is no template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './list.ts'

const [destination, options, leaks, calls, cancel, exchange, tokens, broken] = ['destination', 'hostile-options', 'leaks', 'call', 'cancel', 'token-exchange', 'token-store', 'broken-answer'].map(name => `test/api/${name}.test.ts`) as [string, string, string, string, string, string, string, string]

/** What a tool may do when it calls an API as the user. */
export function apiMutants (): Mutant[] {
  return [
    ...inFile('api/path.ts', [
      ['api-no-slash', 'a path may go on with the authority', "if (typeof path !== 'string' || !/^\\/(?!\\/)/.test(path)) throw", "if (typeof path !== 'string') throw", destination],
      ['api-object-path', 'a path may be an object', "typeof path !== 'string' || !/^\\/(?!\\/)/.test(path)", '!/^\\/(?!\\/)/.test(String(path))', destination],
      ['api-unfit-path', 'a path may hold controls, blanks and backslashes', 'if (UNFIT.test(path)) throw', 'if (false) throw', destination],
      ['api-climbs', 'a path may lead above the URL of the API', 'if (climbs(path)) throw', 'if (false) throw', destination],
      ['api-climbs-encoded', 'a path may climb in an encoded spelling', 'text = text.replace(/(?:%[\\da-f]{2})+/gi,', 'text = text.replace(/%zz/gi,', destination],
      ['api-climbs-script', 'a path may climb by dots of another script', "'hex').toString()).normalize('NFKC')", "'hex').toString())", destination],
      ['api-climbs-overlong', 'a path may climb by bytes that are no UTF-8', 'if (OVERLONG.test(text)) return true', '', destination],
      ['api-climbs-deep', 'a path may climb if it is encoded often enough', 'return /%25/.test(text)', 'return false', destination],
      ['api-redirect-origin', 'a redirect to another origin is followed', 'url.origin === origin && ', '', destination],
      ['api-redirect-user', 'a redirect with a user is followed', "url.username === '' && ", '', destination],
      ['api-redirect-password', 'a redirect with a password is followed', "url.password === '' && ", '', destination],
      ['api-redirect-path', 'a redirect out of the path is followed', '&& `${url.pathname}/`.startsWith(path)', '', destination],
      ['api-redirect-climbs', 'a redirect that climbs in an encoded spelling is followed', 'isInside && !climbs(url.pathname)', 'isInside', destination]
    ]),
    ...inFile('api/request.ts', [
      ['api-own-headers', 'a tool may choose the headers of the server', 'if (OWN.test(name)) throw', 'if (false) throw', options],
      ['api-tool-headers', 'the token gets into the headers of the tool', 'new Headers(given as', 'given instanceof Headers ? given : new Headers(given as', leaks],
      ['api-methods', 'a tool may choose any method', '!METHODS.includes(method.toUpperCase())', 'false', options],
      ['api-body', 'a body may be anything', 'if (body !== undefined && !isBody(body)) throw', 'if (false) throw', options]
    ]),
    ...inFile('api/bound-fetch.ts', [
      ['api-follows', 'fetch follows redirects by itself', "redirect: 'manual'", "redirect: 'follow'", destination],
      ['api-circle', 'redirects are followed without end', 'redirects < MAX_REDIRECTS ?', 'redirects < 12 ?', destination],
      ['api-other-fetch', 'a tool can put its own fetch in place', 'return await fetch(url,', 'return await globalThis.fetch(url,', leaks],
      ['api-not-cancelled', 'a request goes on after its call', 'undefined>, signal,', 'undefined>,', cancel],
      ['api-scope-token', 'an API puts the token into the log and the answer', 'refusedByApi(response, audience, bearer)', "refusedByApi(response, audience, ' ')", leaks],
      ['api-refusal-passed', '401 and 403 go to the tool', 'if (response.status !== 401 && response.status !== 403) return response', 'return response', calls]
    ]),
    ...inFile('api/broken-answer.ts', [
      ['api-broken', 'an API that breaks off counts as a fault of the tool', 'isBroken(error) ? fault() : error', 'error', broken],
      ['api-broken-other', 'a fault of the tool counts as one of the API', 'isBroken(error) ? fault() : error', 'fault()', broken]
    ]),
    ...inFile('api/token-exchange.ts', [
      ['api-exchange-fetch', 'a tool can put its own fetch in the place of that of the exchange', '[oauth.customFetch]: fetchBounded,', '', leaks],
      ['api-exchange-response', 'a tool can put its own Response in the place of that of the exchange', 'const { fetch, Response } = globalThis', 'const { fetch } = globalThis', leaks],
      ['api-exchange-bytes', 'an answer of the token endpoint may be of any length', 'if (length > MAX_BYTES) throw', 'if (false) throw', exchange],
      ['api-token-form', 'a token of any form is used', "type !== 'bearer' || !BEARER.test(token)", "type !== 'bearer'", leaks],
      ['api-token-type', 'a token of any type is used', "type !== 'bearer' || ", '', exchange],
      ['api-scopes-missing', 'a token without the scopes is used', 'if (missing.length > 0) throw', 'if (false) throw', exchange],
      ['api-library-errors', 'errors of the library go on', "throw error instanceof ApiError ? error : unavailable('The identity provider')", 'throw error', exchange],
      ['api-limit-body', 'exchanges go on after a 429 of a proxy', 'if (response.status !== 429) throw notJson(response)', 'throw notJson(response)', tokens],
      ['api-html', 'the page of a firewall is reported as an identity provider that cannot be reached', "if (!JSON_TYPE.test(String(response.headers.get('content-type')))) throw notJson(response)", '', 'test/api/token-exchange.test.ts#in one sentence'],
      ['api-error-word', 'any text of the issuer reaches the caller', '/^[a-z_]{1,64}$/.test(error)', 'true', exchange, leaks]
    ]),
    ...inFile('api/token-store.ts', [
      ['api-token-shared', 'callers share a token', 'JSON.stringify([issuer, subjectToken, audience, scopes])', 'JSON.stringify([issuer, audience, scopes])', tokens],
      ['api-token-late', 'a token is used until it expires', ') - MARGIN_MS', ')', tokens],
      ['api-token-outlives', 'a token is used after that of its caller', 'Math.min(now() + expiresIn * 1000, expiresAt * 1000)', 'now() + expiresIn * 1000', tokens],
      ['api-no-back-off', 'exchanges go on after a 429', 'if (wait > 0) throw', 'if (false) throw', tokens],
      ['api-refusal-asked', 'a refused exchange is tried each time', "fault === 'unavailable' ? 0 : now() + REFUSED_MS", '0', tokens]
    ]),
    ...inFile('auth/kind.ts', [
      ['api-autonomous', 'an autonomous agent calls an API as a user', " && kind !== 'autonomous'", '', calls]
    ]),
    ...inFile('api/open.ts', [
      ['api-machine', 'a machine calls an API as a user', 'if (!hasUser(caller.kind)) throw', 'if (false) throw', calls],
      ['api-token-stays', 'a token that the API refused is used again', "if (error.fault === 'not_accepted') store.forget(request)", '', calls]
    ]),
    ...inFile('mcp/calls/api-opener.ts', [
      ['api-after-call', 'an API can be called after the call', 'if (isOver()) throw', 'if (false) throw', cancel]
    ]),
    ...inFile('mcp/calls/call.ts', [
      ['api-caller-replaced', 'a tool can call an API as somebody else', 'return { caller: this.caller, log', 'const call = this; return { get caller () { return call.caller }, log', leaks]
    ]),
    ...inFile('mcp/api.ts', [
      ['api-url-form', 'the URL of an API may have a query or a user', '!isCanonical || /[?#@%]/.test(url)', 'false', 'test/mcp/declaration/declaration.test.ts'],
      ['api-url-plain', 'the URL of an API may be http anywhere', "!url.startsWith('https://') && !LOOPBACK.test(url)", 'false', 'test/mcp/declaration/declaration.test.ts']
    ])
  ]
}
