import { inFile, type Mutant } from './list.ts'

const [fields, link, linkToken, state, capabilities, form, confirm, hidden, scopes, authorize, safe, modern, mirrored, legacy, batch, ask, approvals, tools, results, messages, registry, steps] = ['test/mcp/declaration/fields.test.ts', 'test/mcp/elicitation/elicit-url.test.ts', 'test/mcp/elicitation/elicitation.test.ts', 'test/mcp/elicitation/request-state.test.ts', 'test/mcp/elicitation/capabilities.test.ts', 'test/mcp/elicitation/form.test.ts', 'test/mcp/elicitation/confirm.test.ts', 'test/mcp/listing.test.ts', 'test/mcp/declaration/scopes.test.ts', 'test/mcp/calls/authorize.test.ts', 'test/mcp/safe-text.test.ts', 'test/mcp/revisions/modern.test.ts', 'test/mcp/revisions/mirrored-headers.test.ts', 'test/mcp/revisions/legacy.test.ts', 'test/mcp/batch.test.ts', 'test/mcp/elicitation/elicit.test.ts', 'test/mcp/elicitation/approvals.test.ts', 'test/mcp/calls/call.test.ts', 'test/mcp/results.test.ts', 'test/mcp/message.test.ts', 'test/mcp/registry.test.ts', 'test/mcp/schema/steps.test.ts']

/** The protocol: header, body and scopes describe the same call, and each answer belongs to its caller. */
export function mcpMutants (): Mutant[] {
  return [
    ...inFile('mcp/message.ts', [
      ['batch-bound', 'a batch may be of any size', ', maxItems: MAX_BATCH', '', batch],
      ['batch-empty', 'a batch may be empty', 'minItems: 1, ', '', batch],
      ['id-null', 'an id may be null', 'Type.String({ maxLength: MAX_ID_LENGTH }),\n  Type.Integer(', 'Type.String({ maxLength: MAX_ID_LENGTH }),\n  Type.Null(),\n  Type.Integer(', messages],
      ['two-at-once', 'a message may be a request and a response', '{ oneOf: [{ required', '{ anyOf: [{ required', messages]
    ]),
    ...inFile('mcp/protocol.ts', [
      ['batch-any', 'every revision accepts batches', 'if (!era.batches)', 'if (false)', batch, modern],
      ['batch-initialize', 'initialize may be in a batch', "if (messages.some(({ method }) => method === 'initialize'))", 'if (false)', batch],
      ['call-scopes', 'calls need no scope', 'needs: call.needs }', 'needs: NO_NEEDS }', 'test/plugins/auth.test.ts'],
      ['notified-call', 'a call without an id is run', 'if (id === undefined || method === undefined) return undefined', "if (method === undefined) return undefined\n    if (id === undefined && method !== 'tools/call') return undefined", modern, legacy],
      ['responses', 'the modern revision accepts responses', 'if (body.method === undefined && !era.responses)', 'if (false)', modern],
      ['era-check', 'the requirements of a revision are not checked', 'era.check(head, request, tool)', '{}', modern]
    ]),
    ...inFile('mcp/revisions/eras.ts', [
      ['version-agreement', 'header and body may name different revisions', 'if (stated !== undefined && header !== undefined && stated !== header)', 'if (false)', modern],
      ['version-any', 'an unknown revision is treated as an old one', 'const era = eras.get(version)', 'const era = eras.get(version) ?? eras.get(ASSUMED_VERSION)', modern, legacy]
    ]),
    ...inFile('mcp/revisions/modern.ts', [
      ['question-limit', 'a question may be of any size', 'isLarger(JSON.stringify(asked.inputRequests), outputLimit)', 'false', safe],
      ['header-method', 'Mcp-Method is not compared', "      mustMatch(headers, 'mcp-method', method)\n", '', modern],
      ['header-name', 'Mcp-Name is not compared', "mustMatchEncoded(headers, 'mcp-name', checkName(params).name)", 'checkName(params)', modern],
      ['header-version', 'MCP-Protocol-Version is not required', "      mustMatch(headers, 'mcp-protocol-version', MODERN_VERSION)\n", '', modern],
      ['header-params', 'Mcp-Param headers are not compared', "if (tool !== undefined) checkParamHeaders(head, tool.paramHeaders, params['arguments'])", '', mirrored],
      ['meta', '_meta is not checked', 'checkRequestParams(params)', '(params as any)', modern]
    ]),
    ...inFile('mcp/schema/params.ts', [
      ['meta-version', 'a request need not state its revision', '[META.version]: Type.String()', '[META.version]: Type.Optional(Type.String())', modern],
      ['meta-capabilities', 'a request need not declare capabilities', '[META.clientCapabilities]: Json', '[META.clientCapabilities]: Type.Any()', modern],
      ['meta-log-level', 'a request may name any log level', 'Type.Optional(LogLevel)', 'Type.Optional(Type.Any())', modern],
      ['infinite', 'arguments may hold infinite numbers', 'if (!isFiniteJson(args))', 'if (false)', state],
      ['infinite-deep', 'only the first level is checked for infinite numbers', 'Object.values(value).every(isFiniteJson)', 'true', state]
    ]),
    ...inFile('mcp/revisions/mirrored-headers.ts', [
      ['header-missing', 'a header may be missing', '  if (value === undefined) throw missing(name)\n  if (value !== expected', '  if (value === undefined) return\n  if (value !== expected', modern],
      ['header-base64', 'Base64 in headers need not be canonical', "if (bytes.toString('base64') !== encoded) return undefined\n", '', mirrored],
      ['header-utf8', 'text in headers need not be UTF-8', 'fatal: true', 'fatal: false', 'test/assurance/mutants/pinned.test.ts'],
      ['header-repeated', 'a parameter header may come twice', 'if (isRepeated(rawHeaders, header)) throw mismatch(header)\n', '', mirrored],
      ['header-extra', 'a parameter header is accepted without its argument', 'if (headers[header] !== undefined) throw mismatch(header)', '', mirrored]
    ]),
    ...inFile('mcp/elicitation/request-state.ts', [
      ['seal-caller', 'the state of another caller is accepted', 'canonicalJson([issuer, subject, clientId, organization?.id, actor, kind, tool, args])', 'canonicalJson([tool, args])', state],
      ['seal-issuer', 'the state of another issuer is accepted', 'canonicalJson([issuer, subject,', 'canonicalJson([subject,', 'test/assurance/mutants/pinned.test.ts'],
      ['seal-client', 'the state of another client is accepted', 'issuer, subject, clientId, organization?.id', 'issuer, subject, organization?.id', state],
      ['seal-organization', 'the state of another organization is accepted', 'organization?.id, actor', 'actor', state],
      ['seal-actor', 'the state of another actor is accepted', '?.id, actor, kind,', '?.id, kind,', state],
      ['seal-kind', 'the state of a user is accepted from a machine', 'kind, tool, args])', 'tool, args])', state],
      ['infinite-answers', 'answers may hold infinite numbers', 'if (!isFiniteJson(inputResponses))', 'if (false)', state],
      ['seal-tool', 'the state of another tool is accepted', 'kind, tool, args])', 'kind, args])', state],
      ['seal-args', 'the state of a call with other arguments is accepted', 'tool, args])', 'tool])', state],
      ['seal-expiry', 'the state never expires', ' || now > state.until', '', state],
      ['question', 'an answer is accepted for a changed question', 'question === digest(request) || ', 'question !== UNASKED || ', ask],
      ['unasked', 'an answer is accepted that was not asked for', '(question === UNASKED && request.unasked === true)', 'question === UNASKED', ask],
      ['fits', 'an answer is accepted whatever its form', ') && request.fits(answer)', ')', ask],
      ['asked', 'answers under other keys than those asked for are accepted', 'const answered = Object.entries(state.asked).filter(([key]) => Object.hasOwn(inputResponses, key))', "const answered = Object.keys(inputResponses).map(key => [key, state.asked[key] ?? Object.values(state.asked)[0] ?? ''] as const)", 'test/assurance/mutants/pinned.test.ts'],
      ['capability', 'a client is asked although it lacks the capability', '      requireCapabilities(requests, clientCapabilities)\n', '', capabilities]
    ]),
    ...inFile('mcp/elicitation/form.ts', [
      ['secret-field', 'a form may ask for a password', 'if (secret !== undefined)', 'if (false)', 'test/mcp/elicitation/secret-field.test.ts'],
      ['form-words', 'the words of a form may hide something from the user', 'WORDS.has(key) ? clean(value) : value', 'value', form],
      ['form-values', 'a choice in a form may hide something from the user', "refuseHidden('form', cleaned)", '', form],
      ['form-format', 'a form may have a format that clients refuse', 'if (other !== undefined)', 'if (false)', form]
    ]),
    ...inFile('mcp/elicitation/secret-field.ts', [
      ['secret-foreign', 'a form may ask for a password in another language', ' || foreign.some(word => together.includes(word))', '', 'test/mcp/elicitation/secret-field.test.ts'],
      ['secret-described', 'the description of a field may ask for a password', "(typeof description === 'string' && ASKED.test(wordsOf(description)))", 'false', 'test/mcp/elicitation/secret-field.test.ts']
    ]),
    ...inFile('mcp/elicitation/elicitation.ts', [
      ['link-secretless', 'the page takes links that anybody can make', 'if (text.length < MIN_SECRET_LENGTH)', 'if (false)', linkToken]
    ]),
    ...inFile('mcp/registry.ts', [
      ['baseline-any', 'a baseline asks for all of which one is enough', 'byArguments === undefined ? fixed.map(({ scope }) => scope) : scopesOf(declaration)', 'scopesOf(declaration)', registry]
    ]),
    ...inFile('mcp/elicitation/question.ts', [
      ['question-hidden', 'a question may show another file than the one that is meant', 'withoutHidden(text)', 'text', confirm]
    ]),
    ...inFile('mcp/elicitation/elicit.ts', [
      ['secret-question', 'a question may ask for a password', 'if (form.hasText && questionForSecret(question))', 'if (false)', 'test/mcp/elicitation/secret-field.test.ts'],
      ['prompt-hidden', 'a prompt may hide instructions', 'text: withoutHidden(prompt)', 'text: prompt', ask],
      ['no-content', 'an answer of a model may lack its content', "[answer['content']].flat().every(isObject)", 'true', ask]
    ]),
    ...inFile('mcp/elicitation/capabilities.ts', [
      ['link-capability', 'a client that has forms gets links', "return params['mode'] === 'url' ? LINK : FORM", 'return FORM', link],
      ['capability-modes', 'only the last missing mode is named', '{ ...requiredCapabilities[name], ...modes }', 'modes', link]
    ]),
    ...inFile('mcp/elicitation/elicit-url.ts', [
      ['link-plain', 'a link may be plain http', "if (protocol !== 'https:' && !LOOPBACK.test(href))", 'if (false)', link],
      ['link-user', 'a link may hold a password', "if (username !== '' || password !== '')", 'if (false)', link],
      ['link-fragment', 'a link may have a fragment', "if (hash !== '')", 'if (false)', link],
      ['link-secret', 'a link may hold a token', 'if (secret !== undefined)', 'if (false)', link],
      ['link-answer', 'any answer to a link counts', "isObject(answer) && ACTIONS.has(answer['action'])", 'isObject(answer)', link]
    ]),
    ...inFile('mcp/elicitation/elicitation.ts', [
      ['link-binding', 'a request state passes for a link', 'sealer.open(token, BINDING)', 'token', linkToken],
      ['link-expiry', 'a link is good for ever', 'if (now() > until)', 'if (false)', linkToken],
      ['link-issuer', 'a user of another issuer may use a link', 'issuer !== user.issuer || subject', 'subject', linkToken],
      ['link-subject', 'another user may use a link', ' || subject !== user.subject', '', linkToken, 'test/e2e/elicit-url.test.ts'],
      ['link-burnt', 'another user can use a link up', 'if (!checked.ok) return checked', '', linkToken],
      ['link-unknown', 'a link counts although nothing can be told about it', 'if (isFirst === undefined)', 'if (false)', linkToken],
      ['link-once', 'a link counts twice', 'return isFirst ? checked :', 'return true ? checked :', linkToken]
    ]),
    ...inFile('mcp/elicitation/seal.ts', [
      ['seal-open', 'the state is not bound to anything', 'const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })\n        decipher.setAAD(Buffer.from(binding))', "const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })\n        decipher.setAAD(Buffer.from(''))", state],
      ['seal-plain', 'a changed state is accepted', "        return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8')", "        return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8')", state],
      ['seal-spelling', 'a state in non-canonical base64url is accepted', " || bytes.toString('base64url') !== sealed", '', state]
    ]),
    ...inFile('mcp/schema/compile.ts', [
      ['url-format', 'one long argument of format url keeps the process busy for minutes', 'text.length <= MAX_URL && ', '', 'test/mcp/schema/faults.test.ts#in little time'],
      ['unique-items', 'one long list keeps the process busy for a minute', "ajv.removeKeyword('uniqueItems').addKeyword(uniqueItems)", '', 'test/mcp/schema/faults.test.ts#in little time'],
      ['constants-first', 'each level of a value doubles the work of its check', 'const schema = constantsFirst(written)', 'const schema = written', steps],
      ['steps-off', 'a schema that refers to itself is checked without a bound', 'if (!hasReferences(schema))', 'if (true)', steps],
      ['steps', 'a small value under a schema that refers to itself keeps the process busy for ever', '  countReferences(ajv)\n', '', steps]
    ]),
    ...inFile('mcp/schema/steps.ts', [
      ['steps-size', 'a value of some hundred bytes keeps the process busy as long as one of 1 MB', 'STEPS_PER_VALUE * valuesIn(value)', 'MAX_STEPS', steps]
    ]),
    ...inFile('mcp/schema/multiple-of.ts', [
      ['multiple', 'any number passes as a multiple', 'return scale(a) % scale(b) === 0n', 'return true', 'test/mcp/schema/faults.test.ts']
    ]),
    ...inFile('mcp/schema/defaults.ts', [
      ['steps-defaults', 'the defaults of a small value keep the process busy for ever', 'if (UNIONS.some(keyword => keyword in target)) step()', '', steps],
      ['defaults-constants', 'each item of a list tries every branch of a union', '!differs(all, dereference(branch, root))', 'true', 'test/mcp/schema/defaults.test.ts']
    ]),
    ...inFile('mcp/answer.ts', [
      ['batch-output', 'the answers to a batch fill the memory', 'if (length > left) return', 'if (false) return', safe]
    ]),
    ...inFile('mcp/results.ts', [
      ['input', 'arguments are not checked', 'if (fault !== undefined) return results.complete(failure(fault))', '', results, modern],
      ['output-limit', 'the output of a tool may be of any size', 'return isLarger(result.output, results.outputLimit) ?', 'return false ?', safe],
      ['error-hidden', 'an error may hide instructions', 'text: withoutHidden(text)', 'text', safe],
      ['output-written', 'an object that is written as something else passes the check of the output', "tool.outputSchema?.['type'] === 'object' && !result.output.startsWith('{')", 'false', results],
      ['output', 'the output of a tool is not checked', 'if (fault !== undefined) throw new Error(', 'if (false) throw new Error(', results]
    ]),
    ...inFile('mcp/declaration/scopes.ts', [
      ['no-scopes', 'a tool may need no scope', ' || names.length === 0', '', scopes],
      ['scope-quotes', 'a scope may break a challenge', '!names.every(isScope)', 'false', scopes],
      ['scope-wider', 'a wider scope includes nothing', 'scopes.flatMap(scope => widerThan(scope, implies))', 'scopes', scopes],
      ['scope-narrower', 'a narrower scope includes the wider one', 'scopes.flatMap(scope => widerThan(scope, implies))', 'scopes.flatMap(scope => [...widerThan(scope, implies), ...(implies[scope] ?? [])])', scopes],
      ['scope-login', 'a tool may need a scope of the login', 'if (login !== undefined)', 'if (false)', scopes],
      ['scope-forms', 'the scopes of a tool may have a member without effect', 'if (other !== undefined)', 'if (false)', scopes],
      ['scope-possible', 'a tool may need a scope that nobody knows', 'found.length === 0 || found.includes(undefined)', 'false', scopes]
    ]),
    ...inFile('mcp/returned.ts', [
      ['promise-ends', 'a promise where none is expected can end the process', 'if (value instanceof Promise) value.catch(() => {})', '', scopes, ask]
    ]),
    ...inFile('mcp/declaration/implied.ts', [
      ['scope-circle', 'scopes may include each other in a circle', 'if (above !== undefined)', 'if (false)', scopes]
    ]),
    ...inFile('mcp/declaration/fields.ts', [
      ['field-unknown', 'a field with a wrong name has no effect', 'if (unknown !== undefined)', 'if (false)', fields],
      ['field-type', 'a field of another type has no effect', 'if (!fits(', 'if (false && !fits(', fields]
    ]),
    ...inFile('process/open-tools.ts', [
      ['server-info', 'clients may be told of the server what they refuse', 'checkServerInfo(server)', '', fields]
    ]),
    ...inFile('auth/challenge.ts', [
      ['scope-empty', 'a challenge may name an empty scope', "...(scope !== '' && { scope })", 'scope', fields]
    ]),
    ...inFile('auth/metadata.ts', [
      ['scopes-empty', 'the metadata may hold an empty list', '...(scopes.length > 0 && { scopes_supported: scopes })', 'scopes_supported: scopes', fields]
    ]),
    ...inFile('mcp/declaration/visible.ts', [
      ['declared-hidden', 'the description of a tool may hide instructions', 'if (hidden !== undefined)', 'if (false)', fields],
      ['declared-hidden-name', 'the name of an argument may hide instructions', 'hiddenIn(key) ?? ', '', fields]
    ]),
    ...inFile('mcp/calls/needs-by-arguments.ts', [
      ['fixed-arguments', 'arguments may change after their scopes were checked', 'structuredClone(withDefaults(argumentsOf(checkCallParams(params))))', 'argumentsOf(checkCallParams(params))', scopes],
      ['scope-arguments', 'a call needs no scope if it depends on its arguments', 'tool.checkInput(args) === undefined ? needsOf(args) : call.needs', 'call.needs', scopes],
      ['scopes-unknown', 'a tool runs that cannot tell which scopes a call needs', 'tool: failing(tool, error)', 'tool', scopes]
    ]),
    ...inFile('mcp/protocol.ts', [
      ['batch-scopes', 'only the first call of a batch needs scopes', 'calls.flatMap(({ needs }) => needs)', 'calls.slice(0, 1).flatMap(({ needs }) => needs)', batch]
    ]),
    ...inFile('mcp/elicitation/confirm.ts', [
      ['confirm-no', 'a no runs the tool', "if (answer.action !== 'accept' || !answer.content.sure) throw new Denied('The user did not confirm this call.')", '', confirm],
      ['confirm-once', 'an approval counts again and again', "if (!isFirst) throw new Denied('This approval was used before. Call the tool anew, so that the user is asked again.')", '', approvals],
      ['confirm-unknown', 'an approval counts although nobody can tell whether it was used', 'if (isFirst === undefined)', 'if (false)', approvals]
    ]),
    ...inFile('limits/spent.ts', [
      ['spent-memory', 'a used approval is not remembered', 'spent.set(id, now)', '', approvals],
      ['spent-full', 'used approvals are forgotten if there are many', 'if (spent.size >= max) return undefined', '', 'test/limits/spent.test.ts']
    ]),
    ...inFile('process/open-tools.ts', [
      ['spent-processes', 'several processes accept an approval once each', 'refuseSharedApprovals(config, registry)', '', 'test/process/open-tools.test.ts'],
      ['baseline', 'the first challenge names all scopes', "config.challengeScopes === 'all' ? registry.scopes : baselineOf(registry)", 'registry.scopes', 'test/e2e/step-up.test.ts']
    ]),
    ...inFile('mcp/listing.ts', [
      ['list-permitted', 'the list shows tools that the caller may not call', 'entries.filter(({ tool }) => tool.needs.mayCall(granted))', 'entries', hidden]
    ]),
    ...inFile('mcp/protocol.ts', [
      ['hidden-call', 'a hidden tool is told from an unknown one', "listing === 'all' || tool?.needs.mayCall(granted) === true ? tool : undefined", 'tool', hidden]
    ]),
    ...inFile('mcp/revisions/modern.ts', [
      ['list-private', 'a list of one caller is cached for all', "listing === 'all' ? CACHING : PERMITTED", 'CACHING', hidden],
      ['list-stale', 'a client keeps a list that does not fit its scopes any more', 'PERMITTED = { ttlMs: 0,', 'PERMITTED = { ttlMs: 300_000,', hidden, 'test/e2e/acting.test.ts']
    ]),
    ...inFile('app.ts', [
      ['page-hidden', 'the page shows tools that are hidden', '{ ...registry, tools: [] }', 'registry', hidden]
    ]),
    ...inFile('mcp/calls/authorize.ts', [
      ['authorize-denied', 'a call runs although it is denied', 'if (decision !== true) throw new Denied(decision)', '', authorize],
      ['authorize-undecided', 'no decision allows a call', "if (decision === true || (typeof decision === 'string' && decision !== '')) return decision", 'return decision === undefined ? true : decision as Decision', authorize],
      ['authorize-throws', 'a hook that fails allows a call', "throw new RpcError('internal', 'It cannot be decided just now whether this call is allowed; try again later', { status: 503 })", 'return true', authorize],
      ['authorize-left', 'a call runs although its client left', 'signal.throwIfAborted()', '', authorize]
    ]),
    ...inFile('mcp/safe-text.ts', [
      ['hidden-link', 'the name or address of a link may hide instructions', 'default: return cleanMembers(block)', 'default: return block', safe],
      ['hidden', 'text may hide instructions', "return SUSPECT.test(text) ? text.replace(UNNEEDED, '') : text", 'return text', safe],
      ['hidden-json', 'text of structured content may hide instructions', 'return !isPlain(json) && SUSPECT.test(json) ? json.replace(UNNEEDED, escape) : json', 'return json', safe]
    ]),
    ...inFile('mcp/answer.ts', [
      ['internals', 'the error of a tool is shown to the client', "new RpcError('internal', 'Internal error', {", "new RpcError('internal', String((error as Error).stack), {", results, modern]
    ]),
    ...inFile('mcp/declaration/declaration.ts', [
      ['confirm-destructive', 'a destructive tool need not ask', 'annotations?.destructiveHint === true && confirm === undefined', 'false', confirm]
    ]),
    ...inFile('mcp/registry.ts', [
      ['same-name', 'two tools may have one name', 'if (registered.has(name))', 'if (false)', registry, tools]
    ]),
    ...inFile('mcp/calls/call.ts', [
      ['over-throws', 'a call whose output cannot be read is never over', 'finally {\n      this.#isOver = !isPending', 'finally {\n      this.#isOver = false', tools],
      ['time-limit', 'a tool has no time limit', 'timer = setTimeout(() => stop(', 'timer = setTimeout(() => (() => {})(', 'test/http/event-stream.test.ts']
    ]),
    ...inFile('mcp/calls/progress.ts', [
      ['late-progress', 'progress is sent after the call has ended', 'isOver() || ', '', tools],
      ['progress-bound', 'a message of progress may be of any size', 'message.slice(0, MAX_MESSAGE)', 'message', tools],
      ['progress-number', 'progress may be no number', '!Number.isFinite(progress) || progress <= last', '!(progress > last)', tools]
    ]),
    ...inFile('mcp/schema/compile.ts', [
      ['schema-unchecked', 'a tool may have a malformed schema', '  checkSchema(written)\n', '', 'test/mcp/declaration/declaration.test.ts#which keyword is unknown'],
      ['format-space', 'a space is accepted between date and time', '!/\\s/.test(text) && ', '', 'test/mcp/schema/faults.test.ts']
    ]),
    ...inFile('mcp/schema/walk.ts', [
      ['reference-search', 'a list of references in a small body stops the server for seconds', 'if (!known.has(ref)) known', 'known', 'test/mcp/schema/defaults.test.ts']
    ]),
    ...inFile('mcp/schema/defaults.ts', [
      ['default-union', 'a nested value of a recursive union stops the server', 'if (!known.has(target)) {', '{', 'test/mcp/schema/defaults.test.ts'],
      ['default-shared', 'calls share the object of a default', "structuredClone(schema['default'])", "schema['default']", 'test/mcp/schema/published.test.ts']
    ]),
    ...inFile('mcp/schema/published.ts', [
      ['nullable-untyped', 'an untyped schema with a rule for null becomes nullable', ' || !isTyped(other)', '', 'test/mcp/schema/published.test.ts']
    ]),
    ...inFile('mcp/calls/abort.ts', [
      ['listener-throws', 'a listener that throws ends the process', '} catch (error) {\n        onError(error)\n      }', '} finally {}', 'test/mcp/calls/abort.test.ts'],
      ['listener-rejects', 'a listener that rejects ends the process', 'Promise.resolve(result).catch(onError)', 'return result as never', 'test/mcp/calls/abort.test.ts']
    ]),
    ...inFile('tools/whoami.ts', [
      ['whoami-input', 'whoami accepts any argument', 'additionalProperties: false', 'additionalProperties: true', 'test/assurance/mutants/pinned.test.ts']
    ])
  ]
}
