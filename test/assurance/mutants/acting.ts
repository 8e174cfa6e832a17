// `find` and `replace` hold code as text, so `${` is no template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './list.ts'

const [authorize, confirm, capabilities, hidden, link, linkToken, safe, scopes, secret] = ['calls/authorize', 'elicitation/confirm', 'elicitation/capabilities', 'listing', 'elicitation/elicit-url', 'elicitation/elicitation', 'safe-text', 'declaration/scopes', 'elicitation/secret-field'].map(name => `test/mcp/${name}.test.ts`) as [string, string, string, string, string, string, string, string, string]
const [leaks, globals, calls, cancel, tokens] = ['leaks', 'replaced-globals', 'call', 'cancel', 'token-store'].map(name => `test/api/${name}.test.ts`) as [string, string, string, string, string]
const [acting, asking] = ['test/e2e/acting.test.ts', 'test/e2e/asking.test.ts']

/** Deciding about calls, asking users, and what comes out: the finer checks. */
export function actingMutants (): Mutant[] {
  return [
    ...inFile('mcp/declaration/scopes.ts', [
      ['scope-all-of', 'one scope of a list is enough', 'return needs.every(need => has(need, granted))', 'return needs.length === 0 || needs.some(need => has(need, granted))', scopes],
      ['scope-any-named', 'a challenge for one of several scopes names another one', 'return { scope: scopes[0], satisfiedBy', 'return { scope: scopes.at(-1) as string, satisfiedBy', scopes],
      ['scope-no-of', 'scopes by arguments need no function', "if ('possible' in scopes && typeof scopes.of !== 'function') throw", 'if (false) throw', scopes],
      ['list-partly', 'a tool is hidden although the caller may call it with some arguments', '[...needs.values()].some(need => has(need, granted))', '[...needs.values()].every(need => has(need, granted))', hidden]
    ]),
    ...inFile('mcp/calls/runner.ts', [
      ['authorize-server', 'the decision of the server is not asked for', '[ofServer, tool.authorize?.bind(tool)]', '[tool.authorize?.bind(tool)]', authorize],
      ['authorize-tool', 'the decision of a tool is not asked for', '[ofServer, tool.authorize?.bind(tool)]', '[ofServer]', authorize],
      ['confirm-unasked', 'the user is not asked', 'if (question !== undefined) await confirm(question(args), context)', '', confirm, asking],
      ['confirm-first', 'the user is asked before it is decided whether the call is allowed', 'await decideAll(hooks, args as Json, tool.name, context)\n    if (question !== undefined) await confirm(question(args), context)', 'if (question !== undefined) await confirm(question(args), context)\n    await decideAll(hooks, args as Json, tool.name, context)', 'test/mcp/elicitation/approvals.test.ts']
    ]),
    ...inFile('mcp/calls/authorize.ts', [
      ['authorize-empty', 'an empty sentence denies a call', "typeof decision === 'string' && decision !== ''", "typeof decision === 'string'", authorize]
    ]),
    ...inFile('mcp/elicitation/confirm.ts', [
      ['confirm-unsure', 'a form without a yes runs the tool', '|| !answer.content.sure)', ')', confirm, asking],
      ['confirm-key', 'an answer to a question of the handler confirms the call', "const KEY = 'confirm()'", "const KEY = 'confirm'", confirm],
      ['confirm-left', 'a call runs although its client left while its approval was checked', 'signal.throwIfAborted()', '', 'test/mcp/elicitation/approvals.test.ts']
    ]),
    ...inFile('mcp/elicitation/request-state.ts', [
      ['link-unbound', 'a link is not bound to its caller', "params['mode'] === 'url' ? {", "params['mode'] === 'none' ? {", linkToken, asking]
    ]),
    ...inFile('mcp/elicitation/secret-field.ts', [
      ['secret-key', 'a field may be called key', 'whole.includes(plain(name)) || ', '', secret],
      ['secret-format', 'a field may have the format of a password', "if (format === 'password') return true", '', secret],
      ['secret-title', 'a title may ask for a secret', '[name, title].some', '[name].some', secret],
      ['secret-words', 'words that are written together hide a secret', ".replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')", '', secret]
    ]),
    ...inFile('mcp/elicitation/capabilities.ts', [
      ['form-capability', 'a client that opens links only gets forms', "isObject(elicitation) && (isObject(elicitation['form']) || !isObject(elicitation['url']))", 'isObject(elicitation)', link],
      ['link-object', 'any value declares that a client opens links', "isObject(elicitation) && isObject(elicitation['url'])", "isObject(elicitation) && elicitation['url'] !== undefined", link],
      ['capability-all', 'a client that can do one thing is asked for everything', 'if (lacking.length === 0) return', 'if (lacking.length < Object.keys(requests).length) return', link, capabilities]
    ]),
    ...inFile('mcp/safe-text.ts', [
      ['hidden-resource', 'a text resource may hide instructions', 'resource: cleanMembers(block.resource)', 'resource: block.resource', safe]
    ]),
    ...inFile('mcp/results.ts', [
      ['hidden-blocks', 'blocks of a tool may hide instructions', 'rawText ? blocks : blocks.map(cleanBlock)', 'blocks', safe, acting],
      ['error-limit', 'an error of a tool may be of any size', 'isLarger(String(error.message), results.outputLimit) ? tooLarge(results.outputLimit) : String(error.message)', 'String(error.message)', safe]
    ]),
    ...inFile('api/open.ts', [
      ['api-own-signal', 'the signal of a tool takes the place of the end of the call', 'AbortSignal.any([call.signal(), init.signal])', 'init.signal', cancel]
    ]),
    ...inFile('api/token-store.ts', [
      ['api-exchange-each', 'calls at the same time exchange a token each', 'until: Infinity }', 'until: 0 }', tokens]
    ]),
    ...inFile('api/bound-fetch.ts', [
      ['api-fetch-errors', 'an error of fetch goes on', 'throw unavailable(`The API ${JSON.stringify(audience)}`)', "throw new Error('fetch failed', { cause: request })", calls, leaks]
    ]),
    ...inFile('api/request.ts', [
      ['api-other-headers', 'a tool can put its own Headers in place', 'const { Headers } = globalThis', '', globals]
    ]),
    ...inFile('mcp/api.ts', [
      ['api-scopes-form', 'a scope of an API may hold several', '!scopes.every(isScope)) throw', 'false) throw', 'test/mcp/declaration/declaration.test.ts']
    ])
  ]
}
