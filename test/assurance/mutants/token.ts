// `find` and `replace` hold code as text, so `${` is no template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './list.ts'

const [credentials, jose, claims, access, tokenCache] = ['test/auth/bearer.test.ts', 'test/auth/jws.test.ts', 'test/auth/claims.test.ts', 'test/auth/access.test.ts', 'test/auth/token-cache.test.ts']
const named = 'test/auth/named-claims.test.ts'
const differential = 'test/assurance/differential/differential.test.ts'

/** Credentials, JOSE, claims, access: the checks of a token. */
export function tokenMutants (): Mutant[] {
  return [
    ...inFile('plugins/auth.ts', [
      ['duplicate-authorization', 'a second Authorization header is ignored', "if (isRepeated(request, 'authorization'))", 'if (false)', credentials],
      ['no-authentication', 'a request without credentials is let through', 'return answerCounted(error as Error, request, countRefusal, done)', 'return done()', credentials],
      ['uncounted-end', 'a refused token that cannot be counted ends the process', ', done)).catch(done)', ', done))', 'test/plugins/auth.test.ts'],
      ['no-key', 'a token that cannot be verified is let through', '.then(() => done(), error => answerCounted(error, request, countRefusal, done))', '.then(() => done(), () => done())', 'test/auth/keys/source.test.ts'],
      ['bad-signature', 'a bad signature is accepted', '.catch(error => { throw toRefusal(error, key) })', '.catch(() => decodeJws(token).payload)', jose],
      ['no-verification', 'the signature is not verified', 'await request.jwtVerify<Claims>().catch(error => { throw toRefusal(error, key) })', 'decodeJws(token).payload', jose],
      ['fault-500', 'a bad signature is answered with 500', "/^(FST|FAST)_JWT_/.test(error.code ?? '') ?", 'false ?', jose],
      ['library-algorithms', 'the library verifies with any RSA algorithm; `checkHeader` stands before it', "algorithms: ['RS256']", "algorithms: ['RS384']", 'test/plugins/auth.test.ts'],
      ['no-claims', 'no claim is checked', '    checkClaims(claims, policy, now())\n', '', claims],
      ['no-access', 'client, organization and kind of the caller are not checked', '    checkAccess(caller, access)\n', '', access],
      ['no-header', 'the JOSE header is not checked', 'checkHeader(jws, policy.tokenProfile)', "jws.header['kid'] as string", jose],
      ['early-user', 'a request gets the caller of an earlier request', 'const cached = cache.get(token, now())', "const last = globalThis as { known?: ReturnType<TokenCache['get']> }; const cached = last.known = cache.get(token, now()) ?? last.known", 'test/assurance/property/cache.test.ts', access]
    ]),
    ...inFile('auth/counted-refusal.ts', [
      ['refusal-without-address', 'a bad token whose client resets the connection is no refusal, and ended the process', "request.ip ?? ''", 'request.ip as string', 'test/plugins/auth.test.ts'],
      ['refusals-uncounted', 'bad tokens of an address are not counted', "error.answer.error !== 'invalid_token'", 'true', 'test/limits/refusals.test.ts'],
      ['logins-counted', 'requests without credentials count as bad tokens', "!(error instanceof Refusal) || error.answer.error !== 'invalid_token'", '!(error instanceof Refusal)', 'test/limits/refusals.test.ts']
    ]),
    ...inFile('http/waiting-bodies.ts', [
      ['waiting-bodies', 'any number of large bodies may wait for a key', 'if (waitingBodies === MAX_WAITING_BODIES)', 'if (false)', 'test/plugins/auth.test.ts#large bodies'],
      ['waiting-unheard', 'nine requests end the process: the key of a refused body cannot be fetched', 'key.catch(() => {})\n', '', 'test/plugins/auth.test.ts'],
      ['waiting-left', 'a large body counts as waiting after it has its key', 'waitingBodies--', '', 'test/plugins/auth.test.ts#large bodies']
    ]),
    ...inFile('auth/bearer.ts', [
      ['query-token', 'a token in the query is accepted', "if (!authorization) throw new Refusal(inQuery ? 'token_in_query' : 'no_credentials')", "if (!authorization && inQuery) return new URLSearchParams(url.slice(url.indexOf('?'))).get('access_token') ?? ''\n  if (!authorization) throw new Refusal('no_credentials')", credentials],
      ['query-and-header', 'a token in the query is ignored beside one in the header', "  if (inQuery) throw new Refusal('duplicate_credentials')\n", '', credentials],
      ['any-scheme', 'any scheme is accepted as Bearer', '/^bearer +([^ \\t,]+) *$/i', '/^\\w+ +([^ \\t,]+) *$/i', credentials],
      ['case-scheme', 'the scheme must be in lower case', '/^bearer +([^ \\t,]+) *$/i', '/^bearer +([^ \\t,]+) *$/', credentials],
      ['two-parts', 'the first of several words is taken as the token', '/^bearer +([^ \\t,]+) *$/i', '/^bearer +([^ \\t,]+)/i', credentials],
      ['tab', 'a tab is accepted between scheme and token', '/^bearer +([^ \\t,]+) *$/i', '/^bearer[ \\t]+([^ \\t,]+) *$/i', credentials],
      ['comma', 'a list with commas is accepted as one token', '/^bearer +([^ \\t,]+) *$/i', '/^bearer +([^ \\t]+) *$/i', 'test/assurance/mutants/pinned.test.ts'],
      ['usual-list', 'the fast path accepts a list with commas as one token', "[' ', '\\t', ',']", "[' ', '\\t']", 'test/assurance/mutants/pinned.test.ts', credentials],
      ['usual-parts', 'the fast path accepts several words as one token', "[' ', '\\t', ',']", "['\\t', ',']", credentials],
      ['token-length', 'a token may be of any length', 'if (token.length > maxLength)', 'if (false)', credentials, jose, differential]
    ]),
    ...inFile('auth/jws.ts', [
      ['other-header', 'the header of another token counts', 'if (segment !== last.segment)', "if (last.segment === '')", jose],
      ['canonical', 'base64url with stray bits is accepted', "return bytes.toString('base64url') === segment ? bytes : undefined", 'return bytes', jose, differential],
      ['utf8', 'a token need not be UTF-8', '|| !isUtf8(json)', '', jose, differential],
      ['three-parts', 'a token may have more than three parts', 'if (segments.length === 3)', 'if (segments.length >= 3)', jose],
      ['no-object', 'a header or payload need not be an object', 'return isObject(value) ? value : undefined', 'return value as Jws[\'payload\']', jose],
      ['alg-any', 'any alg is accepted', "if (alg !== 'RS256')", 'if (false)', jose],
      ['alg-missing', 'a missing alg is accepted', "if (alg !== 'RS256')", "if (alg !== undefined && alg !== 'RS256')", jose],
      ['alg-case', 'alg is compared in any case', "if (alg !== 'RS256')", "if (String(alg).toUpperCase() !== 'RS256')", jose, differential],
      ['hs256', 'HS256 is accepted', "if (alg === 'HS256') throw new Refusal('hs256_token')\n  if (alg !== 'RS256')", "if (alg !== 'RS256' && alg !== 'HS256')", jose],
      ['crit', 'crit is ignored', "['crit', 'b64', 'zip', 'cty']", "['b64', 'zip', 'cty']", jose],
      ['b64', 'b64 is ignored', "['crit', 'b64', 'zip', 'cty']", "['crit', 'zip', 'cty']", jose],
      ['zip', 'zip is ignored', "['crit', 'b64', 'zip', 'cty']", "['crit', 'b64', 'cty']", jose],
      ['cty', 'cty is ignored', "['crit', 'b64', 'zip', 'cty']", "['crit', 'b64', 'zip']", jose],
      ['typ', 'typ is not checked', 'if (!isAccessTokenType(typ, profile))', 'if (false)', jose],
      ['typ-case', 'typ must be in lower case', 'const type = typ.toLowerCase()', 'const type = typ', jose],
      ['typ-absent-strict', 'a missing typ is accepted under rfc9068', "if (typ === undefined) return profile === 'any'", 'if (typ === undefined) return true', jose],
      ['typ-legacy-strict', 'typ JWT is accepted under rfc9068', "(profile === 'any' && LEGACY_TYPES.has(type))", 'LEGACY_TYPES.has(type)', jose],
      ['typ-not-string', 'a typ that is no string is accepted', "if (typeof typ !== 'string') return false", "if (typeof typ !== 'string') return true", jose],
      ['kid-shape', 'a kid may hold control characters', '/^[^\\p{Cc}\\p{Cs}]{1,256}$/u', '/^.{1,256}$/su', jose],
      ['kid-surrogate', 'a kid may hold half a surrogate pair', '/^[^\\p{Cc}\\p{Cs}]{1,256}$/u', '/^[^\\p{Cc}]{1,256}$/u', jose],
      ['kid-length', 'a kid may be of any length', '/^[^\\p{Cc}\\p{Cs}]{1,256}$/u', '/^[^\\p{Cc}\\p{Cs}]+$/u', jose],
      ['kid-type', 'a kid need not be a string', "typeof value === 'string' && KEY_ID.test(value)", 'KEY_ID.test(value as string)', jose]
    ]),
    ...inFile('auth/claims.ts', [
      ['aud', 'the audience is not checked', 'if (found.every(isName) && found.some(value => audiences.includes(value))) return', 'return', claims],
      ['aud-missing', 'a missing audience is accepted', "if (aud === undefined || found.length === 0) throw new Refusal('audience_missing', { expected: audiences })", 'if (aud === undefined || found.length === 0) return', claims],
      ['aud-prefix', 'an audience that begins with ours is accepted', 'audiences.includes(value))) return', 'audiences.some(audience => String(value).startsWith(audience)))) return', claims],
      ['aud-substring', 'an audience that is a part of ours is accepted', 'audiences.includes(value))) return', 'audiences.some(audience => audience.includes(String(value))))) return', claims],
      ['aud-case', 'the audience is compared in any case', 'audiences.includes(value))) return', 'audiences.some(audience => audience.toLowerCase() === String(value).toLowerCase()))) return', claims],
      ['aud-slash', 'a final slash of the audience is ignored', 'audiences.includes(value))) return', 'audiences.some(audience => unslashed(audience) === unslashed(value)))) return', claims],
      ['aud-mixed', 'an audience that is not a string is ignored beside ours', 'found.every(isName) && ', '', claims],
      ['nonce', 'an ID token with a nonce is accepted', "['nonce', 'at_hash', 'c_hash']", "['at_hash', 'c_hash']", claims],
      ['at-hash', 'an ID token with at_hash is accepted', "['nonce', 'at_hash', 'c_hash']", "['nonce', 'c_hash']", claims],
      ['c-hash', 'an ID token with c_hash is accepted', "['nonce', 'at_hash', 'c_hash']", "['nonce', 'at_hash']", claims],
      ['events', 'a security event token is accepted', "if (Object.hasOwn(claims, 'events'))", 'if (false)', claims],
      ['cnf', 'a token bound to a key is accepted without proof of the key', "if (Object.hasOwn(claims, 'cnf'))", 'if (false)', claims],
      ['cnf-jkt-only', 'only a DPoP binding is refused', "if (Object.hasOwn(claims, 'cnf'))", "if ((claims['cnf'] as { jkt?: string } | undefined)?.jkt)", claims],
      ['sub', 'the subject is not checked', 'if (!isName(sub))', 'if (false)', claims],
      ['sub-length', 'subject and client may be of any length', ' && value.length <= MAX_NAME_LENGTH', '', claims],
      ['sub-empty', 'subject and client may be empty or blank', ' && VISIBLE.test(value)', '', claims],
      ['sub-invisible', 'subject and client may consist of invisible characters', '/[^\\s\\p{Cc}\\p{Cf}]/u', '/[^\\s]/u', claims],
      ['client', 'a token need not name its client', "if (names.length === 0 || !names.every(isName)) throw new Refusal('client')", '', claims],
      ['azp-client-id', 'azp and client_id may differ', 'if (names.length === 2 && azp !== clientId)', 'if (false)', claims],
      ['client-id-strict', 'client_id may be absent under rfc9068', "if (profile === 'rfc9068' && clientId === undefined)", 'if (false)', claims, differential],
      ['exp', 'exp is not compared', 'if (now >= exp + clockTolerance)', 'if (false)', claims],
      ['exp-missing', 'exp may be absent', "if (!isDate(exp)) throw new Refusal('expiry', { found: forLog(exp) })", 'if (!isDate(exp)) return', claims],
      ['exp-now', 'a token is accepted in the second in which it expires', 'if (now >= exp + clockTolerance)', 'if (now > exp + clockTolerance)', claims, 'test/assurance/mutants/pinned.test.ts'],
      ['exp-tolerance', 'the clock tolerance is not applied to exp', 'if (now >= exp + clockTolerance)', 'if (now >= exp)', claims],
      ['iat-missing', 'iat may be absent', "if (!isDate(iat)) throw new Refusal('issued_at', { found: forLog(iat) })", 'if (!isDate(iat)) return', claims],
      ['iat-exp', 'iat may be after exp', 'if (iat > exp)', 'if (false)', claims],
      ['iat-future', 'iat may be in the future', 'if (iat > now + clockTolerance)', 'if (false)', claims],
      ['iat-tolerance', 'the clock tolerance is not applied to iat', 'if (iat > now + clockTolerance)', 'if (iat > now)', claims],
      ['nbf', 'nbf is not checked', 'if (nbf !== undefined && !(isDate(nbf) && nbf <= now + clockTolerance))', 'if (false)', claims],
      ['nbf-type', 'nbf may be text', '!(isDate(nbf) && nbf <= now + clockTolerance)', '(nbf as number) > now + clockTolerance', claims],
      ['max-age', 'a token may be of any age', 'if (now - iat > maxTokenAge)', 'if (false)', claims],
      ['act', 'act is not checked', "  checkActor(claims['act'])\n", '', claims],
      ['act-depth', 'actors may be nested to any depth', 'depth > MAX_ACTORS || ', '', claims],
      ['scope-array', 'scope may be a list', "if (claims['scope'] !== undefined && typeof claims['scope'] !== 'string')", 'if (false)', claims],
      ['jti', 'jti may be absent under rfc9068', "if (policy.tokenProfile === 'rfc9068' && !isName(claims['jti']))", 'if (false)', claims]
    ]),
    ...inFile('auth/date.ts', [
      ['date-bound', 'dates may be any number', ' && value >= 0 && value <= LAST_DATE', '', claims]
    ]),
    ...inFile('auth/named-claims.ts', [
      ['claims-inherited', 'a name of every object counts as a claim', 'Object.hasOwn(claims, name) && ', '', named],
      ['claims-all', 'tools see every claim', 'names.filter(name =>', 'Object.keys(claims).filter(name =>', named],
      ['claims-length', 'a claim may be of any length', ' && JSON.stringify(value).length <= MAX_LENGTH', '', named],
      ['claims-depth', 'a claim may be nested to any depth', 'depth === 0 || ', '', named],
      ['claims-prototype', 'a claim may hold a member that becomes a prototype', " || Object.hasOwn(value, '__proto__')", '', named],
      ['claims-frozen', 'a tool can change a claim for later calls', 'picked[name] = freeze(claims[name])', 'picked[name] = claims[name]', named],
      ['claims-frozen-deep', 'a tool can change a part of a claim for later calls', 'Object.values(value).forEach(freeze)', '', named],
      ['claims-frozen-set', 'a tool can add claims for later calls', 'return Object.freeze(picked)', 'return picked', named]
    ]),
    ...inFile('auth/validity.ts', [
      ['cache-until', 'a cached token is accepted beyond exp', 'until: 1000 * Math.min(exp + clockTolerance, iat + maxTokenAge)', 'until: Infinity', `${tokenCache}#D29`, 'test/assurance/property/cache.test.ts'],
      ['cache-max-age', 'a cached token is accepted beyond MAX_TOKEN_AGE', 'Math.min(exp + clockTolerance, iat + maxTokenAge)', 'exp + clockTolerance', `${tokenCache}#D18`, 'test/assurance/property/cache.test.ts'],
      ['cache-from', 'a cached token is accepted before iat or nbf', 'from: 1000 * (Math.max(iat, nbf) - clockTolerance)', 'from: 0', `${tokenCache}#D18`, 'test/assurance/property/cache.test.ts']
    ]),
    ...inFile('auth/grants.ts', [
      ['scopes-change', 'a tool can change the scopes of other callers', 'Object.freeze(words(text))', 'words(text)', 'test/auth/shared.test.ts'],
      ['scope-words', 'a tab separates scopes', "claim.split(' ')", 'claim.split(/\\s/)', claims, access, differential],
      ['permissions-string', 'permissions may be a string', "return Array.isArray(permissions) ? permissions.filter(item => typeof item === 'string').map(sharedText) : []", 'return [permissions].flat() as string[]', access, claims, differential],
      ['mode-scope', 'SCOPE_CLAIMS=scope takes permissions too', "case 'scope': return scopes", "case 'scope': return [...scopes, ...permissions]", access, differential],
      ['mode-permissions', 'SCOPE_CLAIMS=permissions takes scopes', "case 'permissions': return permissions", "case 'permissions': return scopes", access, differential],
      ['mode-all', 'SCOPE_CLAIMS=all takes either', 'scopes.filter(scope => permissions.includes(scope))', '[...scopes, ...permissions]', access, differential],
      ['mode-any', 'SCOPE_CLAIMS=any takes scopes only', "case 'any': return [...scopes, ...permissions]", "case 'any': return scopes", access, differential]
    ]),
    ...inFile('auth/kind.ts', [
      ['autonomous', 'an autonomous agent passes for a plain machine', "profiles.includes('ai_agent') ? 'autonomous' : 'machine'", "'machine'", named],
      ['autonomous-user', 'an application that is an agent makes its user a machine', 'if (!isMachine(claims)) return', "if (!isMachine(claims) && claims['client_profile'] === undefined) return", named],
      ['machine-gty', 'gty does not mark a machine', 'isGrantOfClient(gty) ||', '', access, differential],
      ['machine-sub', 'a subject of @clients does not mark a machine', 'sub === `${client}@clients` || ', '', access, differential],
      ['machines-autonomous', 'autonomous agents are admitted although ALLOW_M2M is false', " && kind !== 'autonomous'", '', access],
      ['machine-ending', 'any subject that ends in @clients marks a machine', 'sub === `${client}@clients`', "String(sub).endsWith('@clients')", access, differential],
      ['machine-own', 'a client that is its own subject does not count as a machine', '|| sub === client', '', access, differential],
      ['machine-profile', 'sub_profile is ignored', "(profile !== undefined && profile !== 'user') ||", '', access, differential],
      ['machine-any-sign', 'sub_profile user outweighs the signs of a machine', 'return isGrantOfClient(gty)', "return profile !== 'user' && isGrantOfClient(gty)", access, differential]
    ]),
    ...inFile('auth/caller.ts', [
      ['caller-key', 'two callers share their limits, since their names end and begin elsewhere', 'JSON.stringify(names)', "names.join('')", 'test/auth/caller.test.ts'],
      ['caller-key-name', 'the limits keep the names of callers', "hash('sha256', JSON.stringify(names), 'base64url')", 'JSON.stringify(names)', 'test/auth/caller.test.ts'],
      ['login-time', 'any value counts as the time of the login', 'isDate(time) &&', 'time !== undefined &&', named],
      ['login-text', 'texts about the login may be of any length', ' && value.length <= MAX_TEXT', '', named]
    ]),
    ...inFile('auth/shared.ts', [
      ['shared-forever', 'any number of texts is kept', 'if (values.size === MAX_KEPT) values.clear()', '', 'test/auth/shared.test.ts'],
      ['shared-long', 'texts of any length are kept', 'if (text.length <= MAX_LENGTH) values.set', 'values.set', 'test/auth/shared.test.ts']
    ]),
    ...inFile('auth/access.ts', [
      ['allowed-clients', 'any client is admitted', '!allowedClients.includes(clientId)', 'false', access],
      ['allowed-clients-prefix', 'a client that begins with an allowed one is admitted', '!allowedClients.includes(clientId)', '!allowedClients.some(one => clientId.startsWith(one))', access, differential],
      ['required-org', 'any organization is admitted', "!requiredOrg.includes(organization?.id ?? '')", 'false', access],
      ['required-org-none', 'a caller without an organization is admitted', "!requiredOrg.includes(organization?.id ?? '')", 'organization !== undefined && !requiredOrg.includes(organization.id)', access],
      ['machines', 'machines are admitted although ALLOW_M2M is false', 'if (!allowMachines && !hasUser(kind))', 'if (false)', access]
    ]),
    ...inFile('plugins/scopes.ts', [
      ['scopes', 'scopes are not checked', 'if (hasAll(needed, granted)) return done()', 'return done()', 'test/plugins/auth.test.ts'],
      ['scopes-missing-only', 'the challenge names only the missing scopes', 'needed.map(({ scope }) => scope)', 'needed.filter(need => !has(need, granted)).map(({ scope }) => scope)', access, 'test/mcp/batch.test.ts']
    ]),
    ...inFile('mcp/declaration/scopes.ts', [
      ['scopes-case', 'scopes are compared in any case', 'some(scope => granted.includes(scope))', 'some(scope => granted.some(one => one.toLowerCase() === scope.toLowerCase()))', access, differential],
      ['scopes-prefix', 'a scope that begins with the needed one is enough', 'some(scope => granted.includes(scope))', 'some(scope => granted.some(one => one.startsWith(scope)))', access, differential],
      ['scopes-ending', 'a scope that ends with the needed one is enough', 'some(scope => granted.includes(scope))', 'some(scope => granted.some(one => one.endsWith(scope)))', access, differential],
      ['scopes-some', 'one scope of several is enough', 'needs.every(', 'needs.some(', access, 'test/mcp/batch.test.ts']
    ])
  ]
}
