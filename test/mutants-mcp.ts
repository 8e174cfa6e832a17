import { inFile, type Mutant } from './mutants.ts'

const [modern, legacy, ask, tools, transport, registry] = ['test/modern.test.ts', 'test/legacy.test.ts', 'test/ask.test.ts', 'test/tools.test.ts', 'test/transport.test.ts', 'test/registry.test.ts']

/** The protocol: that header, body and scopes speak of the same call, and that nobody answers for another. */
export function mcpMutants (): Mutant[] {
  return [
    ...inFile('mcp/schema.ts', [
      ['batch-bound', 'a batch may be of any size', ', maxItems: MAX_BATCH', '', legacy],
      ['batch-empty', 'a batch may be empty', 'minItems: 1, ', '', legacy],
      ['id-null', 'an id may be null', '  Type.String(),\n  Type.Integer(', '  Type.String(),\n  Type.Null(),\n  Type.Integer(', transport],
      ['two-at-once', 'a message may be a request and a response', '{ oneOf: [{ required', '{ anyOf: [{ required', transport]
    ]),
    ...inFile('mcp/protocol.ts', [
      ['batch-scopes', 'a batch needs the scopes of its first call', 'scopes: [...new Set(calls.flatMap(scopesOf))]', 'scopes: [...new Set(calls.slice(0, 1).flatMap(scopesOf))]', legacy],
      ['batch-any', 'every revision takes batches', 'if (!era.batches)', 'if (false)', legacy, modern],
      ['batch-initialize', 'initialize may be in a batch', "if (messages.some(({ method }) => method === 'initialize'))", 'if (false)', legacy],
      ['call-scopes', 'calls need no scope', 'scopes: scopesOf(call) }', 'scopes: NO_SCOPES }', 'test/auth.test.ts'],
      ['notified-call', 'a call without an id is run', 'if (id === undefined || method === undefined) return undefined', "if (method === undefined) return undefined\n    if (id === undefined && method !== 'tools/call') return undefined", modern, legacy],
      ['version-agreement', 'header and body may name different revisions', 'if (stated !== undefined && header !== undefined && stated !== header)', 'if (false)', modern],
      ['version-any', 'an unknown revision is taken for an old one', 'const era = eras.get(version)', 'const era = eras.get(version) ?? eras.get(ASSUMED_VERSION)', modern, legacy],
      ['responses', 'the modern revision takes responses', 'if (body.method === undefined && !era.responses)', 'if (false)', modern],
      ['era-check', 'what a revision owes is not checked', '    era.check(headers, request)\n', '', modern]
    ]),
    ...inFile('mcp/modern.ts', [
      ['header-method', 'Mcp-Method is not compared', "      mustMatch(headers, 'mcp-method', request.method)\n", '', modern],
      ['header-name', 'Mcp-Name is not compared', "  mustMatchEncoded(headers, 'mcp-name', name)\n", '', modern],
      ['header-version', 'MCP-Protocol-Version is not owed', "      mustMatch(headers, 'mcp-protocol-version', MODERN_VERSION)\n", '', modern],
      ['header-params', 'Mcp-Param headers are not compared', "if (mirrored !== undefined) checkParamHeaders(headers, mirrored, params['arguments'])", '', modern],
      ['meta', '_meta is not owed', '      checkMeta(request)\n', '', modern],
      ['meta-capabilities', 'capabilities are not owed', 'if (!isObject(meta[META.clientCapabilities]))', 'if (false)', modern]
    ]),
    ...inFile('mcp/headers.ts', [
      ['header-missing', 'a header may be missing', '  if (value === undefined) throw missing(name)\n  if (value !== expected', '  if (value === undefined) return\n  if (value !== expected', modern],
      ['header-base64', 'Base64 in headers may be sloppy', "if (bytes.toString('base64') !== encoded) return undefined\n", '', modern],
      ['header-utf8', 'text in headers need not be UTF-8', 'fatal: true', 'fatal: false', 'test/mutants.test.ts'],
      ['header-extra', 'a parameter header may stand without its argument', 'if (headers[header] !== undefined) throw mismatch(header)', '', modern]
    ]),
    ...inFile('mcp/rounds.ts', [
      ['seal-caller', 'the state of one caller serves another', 'canonical([issuer, subject, clientId, tool, args])', 'canonical([tool, args])', ask],
      ['seal-issuer', 'the state of one issuer serves another', 'canonical([issuer, subject,', 'canonical([subject,', 'test/mutants.test.ts'],
      ['seal-client', 'the state of one client serves another', 'subject, clientId, tool, args])', 'subject, tool, args])', ask],
      ['seal-tool', 'the state of one tool serves another', 'clientId, tool, args])', 'clientId, args])', ask],
      ['seal-args', 'the state of one call serves another', 'tool, args])', 'tool])', ask],
      ['seal-expiry', 'the state never expires', ' || now > state.until', '', ask],
      ['question', 'an answer holds for any question', 'question === digest(request) || ', 'question !== UNASKED || ', ask],
      ['unasked', 'answers count although nobody asked', '(question === UNASKED && request.unasked === true)', 'question === UNASKED', ask],
      ['fits', 'any answer fits', ') && request.fits(answer)', ')', ask],
      ['asked', 'what was not asked for is taken', 'const answered = Object.entries(state.asked).filter(([key]) => Object.hasOwn(inputResponses, key))', "const answered = Object.keys(inputResponses).map(key => [key, state.asked[key] ?? Object.values(state.asked)[0] ?? ''] as const)", 'test/mutants.test.ts'],
      ['capability', 'clients are asked what they cannot answer', '      requireCapabilities(requests, clientCapabilities)\n', '', ask]
    ]),
    ...inFile('mcp/seal.ts', [
      ['seal-open', 'the state is not bound to anything', 'const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })\n        decipher.setAAD(Buffer.from(binding))', "const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })\n        decipher.setAAD(Buffer.from(''))", ask],
      ['seal-plain', 'the state is neither hidden nor protected', "        return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8')", "        return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8')", ask],
      ['seal-spelling', 'the state has several spellings', " || bytes.toString('base64url') !== sealed", '', ask]
    ]),
    ...inFile('mcp/tools.ts', [
      ['input', 'arguments are not checked', 'if (fault !== undefined) return results.complete(failure(fault))', '', tools, modern],
      ['output', 'what a tool gives is not checked', 'if (fault !== undefined) throw new Error(', 'if (false) throw new Error(', tools]
    ]),
    ...inFile('mcp/answer.ts', [
      ['internals', 'what broke in a tool is told', "new RpcError('internal', 'Internal error')", "new RpcError('internal', String((error as Error).stack))", tools, modern]
    ]),
    ...inFile('mcp/registry.ts', [
      ['no-scopes', 'a tool may need no scope', 'scopes.length === 0 || ', '', registry, tools],
      ['scope-quotes', 'a scope may break a challenge', '!scopes.every(scope => SCOPE.test(scope))', 'false', registry, tools],
      ['same-name', 'two tools may have one name', 'if (registered.has(tool.name))', 'if (false)', registry, tools]
    ]),
    ...inFile('mcp/call.ts', [
      ['time-limit', 'a tool may run for ever', 'timer = setTimeout(() => stop(', 'timer = setTimeout(() => (() => {})(', 'test/stream.test.ts'],
      ['late-progress', 'progress is told after the end', 'if (this.#over || this', 'if (this', tools]
    ]),
    ...inFile('tools/whoami.ts', [
      ['whoami-input', 'whoami takes anything', 'additionalProperties: false', 'additionalProperties: true', 'test/mutants.test.ts']
    ])
  ]
}
