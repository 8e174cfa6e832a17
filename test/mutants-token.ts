// What is to be found and put in its place is code, not a template.
/* eslint-disable no-template-curly-in-string */
import { inFile, type Mutant } from './mutants.ts'

const [credentials, jose, claims, access, keys] = ['test/credentials.test.ts', 'test/jose.test.ts', 'test/claims.test.ts', 'test/access.test.ts', 'test/keys.test.ts']
const differential = 'test/differential.test.ts'

/** Credentials, JOSE, claims, access: the checks of a token. */
export function tokenMutants (): Mutant[] {
  return [
    ...inFile('plugins/auth.ts', [
      ['duplicate-authorization', 'a second Authorization header is ignored', "if (isRepeated(request, 'authorization'))", 'if (false)', credentials],
      ['no-authentication', 'whoever comes without credentials is somebody', '      fault = error as Error\n', '', credentials],
      ['no-key', 'a key that cannot be had is no refusal', 'if (key instanceof Refusal) return key\n', '', 'test/keys.test.ts'],
      ['bad-signature', 'a signature that is bad is no refusal', 'if (claims instanceof Refusal) return claims\n', '', jose],
      ['no-claims', 'no claim is checked', '    checkClaims(claims, policy, now())\n', '', claims],
      ['no-access', 'nobody is turned away by client, organization or kind', '    checkAccess(caller, access)\n', '', access],
      ['no-header', 'the JOSE header is not checked', 'const kid = checkHeader(header, policy.tokenProfile)', "const kid = header['kid'] as string", jose],
      ['early-user', 'the caller of one request serves the next', 'const known = cache.get(token, now())', "const last = globalThis as { known?: ReturnType<TokenCache['get']> }; const known = last.known = cache.get(token, now()) ?? last.known", 'test/property-cache.test.ts', access]
    ]),
    ...inFile('plugins/jwt.ts', [
      ['library-algorithms', 'the library verifies with any RSA algorithm; `checkHeader` stands before it', "algorithms: ['RS256']", "algorithms: ['RS384']", 'test/auth.test.ts'],
      ['no-verification', 'the signature is not verified', 'this.jwtVerify<Claims>(undefined as never, (error: Error | null, verified: Claims) => {\n      fault = error\n      claims = verified\n    })', "claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())", jose],
      ['fault-500', 'a bad signature is a fault of the server', 'if (isOfToken(fault)) return', 'if (isOfToken(undefined)) return', jose]
    ]),
    ...inFile('auth/bearer.ts', [
      ['query-token', 'a token in the query is taken', "if (!authorization) throw new Refusal(inQuery ? 'token_in_query' : 'no_credentials')", "if (!authorization && inQuery) return new URLSearchParams(url.slice(url.indexOf('?'))).get('access_token') ?? ''\n  if (!authorization) throw new Refusal('no_credentials')", credentials],
      ['query-and-header', 'a token in the query beside a header is overlooked', "  if (inQuery) throw new Refusal('duplicate_credentials')\n", '', credentials],
      ['any-scheme', 'any scheme is taken for Bearer', '/^bearer +(', '/^\\w+ +(', credentials],
      ['case-scheme', 'the scheme is compared in one case', ' *$/i\n', ' *$/\n', credentials],
      ['two-parts', 'of several words the first is taken', ' *$/i\n', '/i\n', credentials],
      ['tab', 'a tab may stand for the space', '/^bearer +(', '/^bearer[ \\t]+(', credentials],
      ['comma', 'a list is one token', '([^ \\t,]+) *$/i', '([^ \\t]+) *$/i', 'test/mutants.test.ts'],
      ['usual-list', 'a list in the usual spelling is one token', "[' ', '\\t', ',']", "[' ', '\\t']", 'test/mutants.test.ts', credentials],
      ['usual-parts', 'several words in the usual spelling are one token', "[' ', '\\t', ',']", "['\\t', ',']", credentials],
      ['token-length', 'no token is too long', 'if (token.length > maxLength)', 'if (false)', credentials, jose, differential]
    ]),
    ...inFile('auth/jws.ts', [
      ['canonical', 'base64url may have stray bits', "if (bytes.toString('base64url') !== segment) throw new Refusal('malformed')\n", '', jose, differential],
      ['utf8', 'a token need not be UTF-8', 'if (!isUtf8(json))', 'if (false)', jose, differential],
      ['three-parts', 'a token may have more than three parts', 'if (segments.length !== 3)', 'if (segments.length < 3)', jose],
      ['no-object', 'a header or payload need not be an object', "if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value", 'return value', jose],
      ['alg-any', 'any algorithm is let through to the key', "if (alg !== 'RS256')", 'if (false)', jose],
      ['alg-missing', 'a missing alg is let through', "if (alg !== 'RS256')", "if (alg !== undefined && alg !== 'RS256')", jose],
      ['alg-case', 'alg is compared in any case', "if (alg !== 'RS256')", "if (String(alg).toUpperCase() !== 'RS256')", jose, differential],
      ['hs256', 'HS256 is not told from RS256', "if (alg === 'HS256') throw new Refusal('hs256_token')\n  if (alg !== 'RS256')", "if (alg !== 'RS256' && alg !== 'HS256')", jose],
      ['crit', 'crit is ignored', "['crit', 'b64', 'zip', 'cty']", "['b64', 'zip', 'cty']", jose],
      ['b64', 'b64 is ignored', "['crit', 'b64', 'zip', 'cty']", "['crit', 'zip', 'cty']", jose],
      ['zip', 'zip is ignored', "['crit', 'b64', 'zip', 'cty']", "['crit', 'b64', 'cty']", jose],
      ['cty', 'cty is ignored', "['crit', 'b64', 'zip', 'cty']", "['crit', 'b64', 'zip']", jose],
      ['typ', 'typ is not checked', 'if (!isAccessTokenType(typ, profile))', 'if (false)', jose],
      ['typ-case', 'typ is compared in one case', 'const type = typ.toLowerCase()', 'const type = typ', jose],
      ['typ-absent-strict', 'a missing typ is accepted under rfc9068', "if (typ === undefined) return profile === 'any'", 'if (typ === undefined) return true', jose],
      ['typ-legacy-strict', 'typ JWT is accepted under rfc9068', "(profile === 'any' && LEGACY_TYPES.has(type))", 'LEGACY_TYPES.has(type)', jose],
      ['typ-not-string', 'a typ that is no string is accepted', "if (typeof typ !== 'string') return false", "if (typeof typ !== 'string') return true", jose],
      ['kid-shape', 'a kid may be anything', "if (typeof kid !== 'string' || !KEY_ID.test(kid))", "if (typeof kid !== 'string')", jose],
      ['kid-length', 'a kid may be of any length', '{1,256}$/', '+$/', jose],
      ['kid-type', 'a kid need not be a string', "if (typeof kid !== 'string' || !KEY_ID.test(kid))", 'if (!KEY_ID.test(kid as string))', jose]
    ]),
    ...inFile('auth/claims.ts', [
      ['aud', 'the audience is not checked', 'if (found.every(isName) && found.some(value => audiences.includes(value))) return', 'return', claims],
      ['aud-missing', 'a missing audience is accepted', "if (aud === undefined || found.length === 0) throw new Refusal('audience_missing', { expected: audiences })", 'if (aud === undefined || found.length === 0) return', claims],
      ['aud-prefix', 'the audience is compared by its beginning', 'audiences.includes(value))) return', 'audiences.some(audience => String(value).startsWith(audience)))) return', claims],
      ['aud-substring', 'the audience may be a part of ours', 'audiences.includes(value))) return', 'audiences.some(audience => audience.includes(String(value))))) return', claims],
      ['aud-case', 'the audience is compared in any case', 'audiences.includes(value))) return', 'audiences.some(audience => audience.toLowerCase() === String(value).toLowerCase()))) return', claims],
      ['aud-slash', 'a slash at the end of the audience does not matter', 'audiences.includes(value))) return', 'audiences.some(audience => unslashed(audience) === unslashed(value)))) return', claims],
      ['aud-mixed', 'an audience that is no string is overlooked beside ours', 'found.every(isName) && ', '', claims],
      ['nonce', 'an ID token with a nonce is accepted', "['nonce', 'at_hash', 'c_hash']", "['at_hash', 'c_hash']", claims],
      ['at-hash', 'an ID token with at_hash is accepted', "['nonce', 'at_hash', 'c_hash']", "['nonce', 'c_hash']", claims],
      ['c-hash', 'an ID token with c_hash is accepted', "['nonce', 'at_hash', 'c_hash']", "['nonce', 'at_hash']", claims],
      ['events', 'a security event token is accepted', "if (Object.hasOwn(claims, 'events'))", 'if (false)', claims],
      ['cnf', 'a token bound to a key is accepted without it', "if (Object.hasOwn(claims, 'cnf'))", 'if (false)', claims],
      ['cnf-jkt-only', 'only the DPoP kind of binding is refused', "if (Object.hasOwn(claims, 'cnf'))", "if ((claims['cnf'] as { jkt?: string } | undefined)?.jkt)", claims],
      ['sub', 'the subject is not checked', 'if (!isName(sub))', 'if (false)', claims],
      ['sub-length', 'names may be of any length', ' && value.length <= MAX_NAME_LENGTH', '', claims],
      ['sub-empty', 'names may be empty', "typeof value === 'string' && value !== ''", "typeof value === 'string'", claims],
      ['client', 'a token need not name its client', "if (names.length === 0 || !names.every(isName)) throw new Refusal('client')", '', claims],
      ['azp-client-id', 'azp and client_id may differ', 'if (names.length === 2 && azp !== clientId)', 'if (false)', claims],
      ['client-id-strict', 'client_id may be absent under rfc9068', "if (profile === 'rfc9068' && clientId === undefined)", 'if (false)', claims, differential],
      ['exp', 'exp is not compared', 'if (now >= exp + clockTolerance)', 'if (false)', claims],
      ['exp-missing', 'exp may be absent', "if (!isDate(exp)) throw new Refusal('expiry', { found: shown(exp) })", 'if (!isDate(exp)) return', claims],
      ['exp-now', 'exp may be this very second', 'if (now >= exp + clockTolerance)', 'if (now > exp + clockTolerance)', claims, 'test/mutants.test.ts'],
      ['exp-tolerance', 'the tolerance is not given to exp', 'if (now >= exp + clockTolerance)', 'if (now >= exp)', claims],
      ['iat-missing', 'iat may be absent', "if (!isDate(iat)) throw new Refusal('issued_at', { found: shown(iat) })", 'if (!isDate(iat)) return', claims],
      ['iat-exp', 'iat may be after exp', 'if (iat > exp)', 'if (false)', claims],
      ['iat-future', 'iat may be in the future', 'if (iat > now + clockTolerance)', 'if (false)', claims],
      ['iat-tolerance', 'the tolerance is not given to iat', 'if (iat > now + clockTolerance)', 'if (iat > now)', claims],
      ['nbf', 'nbf is not checked', 'if (nbf !== undefined && !(isDate(nbf) && nbf <= now + clockTolerance))', 'if (false)', claims],
      ['nbf-type', 'nbf may be text', '!(isDate(nbf) && nbf <= now + clockTolerance)', '(nbf as number) > now + clockTolerance', claims],
      ['max-age', 'no token is too old', 'if (maxTokenAge !== undefined && now - iat > maxTokenAge)', 'if (false)', claims],
      ['date-bound', 'dates may be any number', ' && value >= 0 && value <= LAST_DATE', '', claims],
      ['act', 'act is not checked', "  checkActor(claims['act'])\n", '', claims],
      ['act-depth', 'actors may be nested without end', 'depth > MAX_ACTORS || ', '', claims],
      ['scope-array', 'scope may be a list', "if (claims['scope'] !== undefined && typeof claims['scope'] !== 'string')", 'if (false)', claims],
      ['jti', 'jti may be absent under rfc9068', "if (policy.tokenProfile === 'rfc9068' && !isName(claims['jti']))", 'if (false)', claims],
      ['cache-until', 'a cached verdict outlives exp', 'until: 1000 * Math.min(exp + clockTolerance, iat + maxTokenAge)', 'until: Infinity', `${keys}#D29`, 'test/property-cache.test.ts'],
      ['cache-max-age', 'a cached verdict outlives MAX_TOKEN_AGE', 'Math.min(exp + clockTolerance, iat + maxTokenAge)', 'exp + clockTolerance', `${keys}#D18`, 'test/property-cache.test.ts'],
      ['cache-from', 'a cached verdict stands before its time', 'from: 1000 * (Math.max(iat, nbf) - clockTolerance)', 'from: 0', `${keys}#D18`, 'test/property-cache.test.ts']
    ]),
    ...inFile('auth/caller.ts', [
      ['scope-words', 'tabs divide scopes', "scope.split(' ')", 'scope.split(/\\s/)', claims, access, differential],
      ['permissions-string', 'permissions may be a string', "return Array.isArray(permissions) ? permissions.filter(item => typeof item === 'string') : []", 'return [permissions].flat() as string[]', access, claims, differential],
      ['mode-scope', 'SCOPE_CLAIMS=scope takes permissions too', "case 'scope': return scopes", "case 'scope': return [...scopes, ...permissions]", access, differential],
      ['mode-permissions', 'SCOPE_CLAIMS=permissions takes scopes', "case 'permissions': return permissions", "case 'permissions': return scopes", access, differential],
      ['mode-all', 'SCOPE_CLAIMS=all takes either', 'scopes.filter(scope => permissions.includes(scope))', '[...scopes, ...permissions]', access, differential],
      ['mode-any', 'SCOPE_CLAIMS=any takes scopes only', "case 'any': return [...scopes, ...permissions]", "case 'any': return scopes", access, differential],
      ['machine-gty', 'gty does not make a machine', "(Array.isArray(gty) ? gty : [gty]).includes('client-credentials') || ", '', access, differential],
      ['machine-sub', 'a subject of @clients does not make a machine', 'sub === `${client}@clients` || ', '', access, differential],
      ['machine-ending', 'any subject that ends in @clients is a machine', 'sub === `${client}@clients`', "String(sub).endsWith('@clients')", access, differential],
      ['machine-own', 'a client that is its own subject is no machine', ' || sub === client\n', '\n', access, differential],
      ['machine-profile', 'sub_profile is not looked at', "if (typeof profile === 'string') return", 'if (false) return', access, differential]
    ]),
    ...inFile('auth/access.ts', [
      ['allowed-clients', 'any client is admitted', '!allowedClients.includes(clientId)', 'false', access],
      ['allowed-clients-prefix', 'clients are compared by their beginning', '!allowedClients.includes(clientId)', '!allowedClients.some(one => clientId.startsWith(one))', access, differential],
      ['required-org', 'any organization is admitted', "!requiredOrg.includes(organization?.id ?? '')", 'false', access],
      ['required-org-none', 'no organization is admitted as well', "!requiredOrg.includes(organization?.id ?? '')", 'organization !== undefined && !requiredOrg.includes(organization.id)', access],
      ['machines', 'machines are admitted although they are not', "if (!allowMachines && kind === 'machine')", 'if (false)', access]
    ]),
    ...inFile('plugins/scopes.ts', [
      ['scopes', 'no scope is needed', 'if (needed.every(scope => granted.includes(scope))) return done()', 'return done()', 'test/auth.test.ts'],
      ['scopes-case', 'scopes are compared in any case', 'every(scope => granted.includes(scope))', 'every(scope => granted.some(one => one.toLowerCase() === scope.toLowerCase()))', access, differential],
      ['scopes-prefix', 'scopes are compared by their beginning', 'every(scope => granted.includes(scope))', 'every(scope => granted.some(one => one.startsWith(scope)))', access, differential],
      ['scopes-ending', 'scopes are compared by their end', 'every(scope => granted.includes(scope))', 'every(scope => granted.some(one => one.endsWith(scope)))', access, differential],
      ['scopes-some', 'one scope of several is enough', 'if (needed.every(scope', 'if (needed.some(scope', access, 'test/legacy.test.ts'],
      ['scopes-missing-only', 'the challenge names only what is missing', "scope: needed.join(' ')", "scope: needed.filter(scope => !granted.includes(scope)).join(' ')", access, 'test/legacy.test.ts']
    ])
  ]
}
