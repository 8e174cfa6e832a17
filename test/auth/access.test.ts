import { Type } from '@sinclair/typebox'
import t from 'tap'
import type { Claims } from '../../dev/signing.ts'
import { defineTool } from '../../mcp/tool.ts'
import whoamiTool from '../../tools/whoami.ts'
import { build, call, modern, POWERLESS, request } from '../support/build.ts'
import { checkRefused, testRows, type Row } from '../support/refusals.ts'

const client = 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja'
const both = { scope: 'tool:whoami', permissions: ['tool:whoami'] }
const inScope = { scope: 'tool:whoami', permissions: [] }
const inPermissions = { scope: 'openid', permissions: ['tool:whoami'] }
const machine = { sub: `${client}@clients`, gty: 'client-credentials' }

/** E: scopes, and callers who are not admitted at all. */
const rows: readonly Row[] = [
  lacks('E1 no scope and no permissions', POWERLESS),
  lacks('E1 neither claim', { scope: undefined }),
  lacks('E1 an empty scope', { scope: '' }),
  ...['tool:whoami2', 'xtool:whoami', 'tool:whoam', 'TOOL:WHOAMI', 'tool', 'tool:', '*', 'tool:*', 'tool:whoami,other', '"tool:whoami"', 'tool:whoami\u00a0a'].flatMap(scope => [
    lacks(`E3 scope ${JSON.stringify(scope)}`, { scope }),
    lacks(`E3 permission ${JSON.stringify(scope)}`, { scope: undefined, permissions: [scope] })
  ]),
  lacks('E3 a permission that holds two', { scope: undefined, permissions: ['a tool:whoami'] }),

  ...['any', 'permissions'].map(mode => may(`E4 SCOPE_CLAIMS=${mode}, in permissions only`, inPermissions, { SCOPE_CLAIMS: mode })),
  ...['scope', 'all'].map(mode => lacks(`E4 F-H2 SCOPE_CLAIMS=${mode}, in permissions only`, inPermissions, { SCOPE_CLAIMS: mode }, { hint: /SCOPE_CLAIMS/, found: { scope: ['openid'], permissions: ['tool:whoami'] } })),
  ...['any', 'scope'].map(mode => may(`E5 SCOPE_CLAIMS=${mode}, in scope only`, inScope, { SCOPE_CLAIMS: mode })),
  ...['permissions', 'all'].map(mode => lacks(`E5 F-H2 SCOPE_CLAIMS=${mode}, in scope only`, inScope, { SCOPE_CLAIMS: mode }, { hint: /SCOPE_CLAIMS/, found: { scope: ['tool:whoami'], permissions: [] } })),
  ...['any', 'scope', 'permissions', 'all'].map(mode => may(`E5 SCOPE_CLAIMS=${mode}, in both`, both, { SCOPE_CLAIMS: mode })),
  ...['tool:whoami', { 'tool:whoami': true }, { 0: 'tool:whoami', length: 1 }, [['tool:whoami']], [{ permission_name: 'tool:whoami' }], null, 1].map(permissions =>
    lacks(`E6 permissions ${JSON.stringify(permissions)}`, { scope: undefined, permissions })),

  may('E9 a client of ALLOWED_CLIENTS', {}, { ALLOWED_CLIENTS: `other,${client}` }),
  denied('E9 another client', 'client_not_allowed', {}, { ALLOWED_CLIENTS: 'other' }),
  denied('E9 a client whose name starts the same', 'client_not_allowed', { azp: `${client}2` }, { ALLOWED_CLIENTS: client }),
  may('E10 a member of REQUIRED_ORG', { org_id: 'org_1' }, { REQUIRED_ORG: 'org_1' }),
  ...[undefined, '', 'org_2', 'ORG_1', ['org_1'], { id: 'org_1' }].map(org =>
    denied(`E10 org_id ${JSON.stringify(org)}`, 'organization', { org_id: org, org_name: 'org_1' }, { REQUIRED_ORG: 'org_1' })),
  may('E11 a machine where machines are admitted', machine),
  may('E11 a user where machines are not', {}, { ALLOW_M2M: 'false' }),
  may('E11 a user who came by a refresh token where machines are not', { gty: ['refresh_token', 'password'] }, { ALLOW_M2M: 'false' }),
  may('E11 a user that a profile says is one', { sub_profile: 'user' }, { ALLOW_M2M: 'false' }),
  may('E11 a subject that only ends like a machine', { sub: 'custom|somebody@clients' }, { ALLOW_M2M: 'false' }),
  denied('E11 a machine by gty', 'machine_not_allowed', { gty: 'client-credentials' }, { ALLOW_M2M: 'false' }),
  denied('E11 a machine by one gty of several', 'machine_not_allowed', { gty: ['client-credentials', 'x'] }, { ALLOW_M2M: 'false' }),
  denied('E11 a machine by its subject', 'machine_not_allowed', { sub: `${client}@clients` }, { ALLOW_M2M: 'false' }),
  denied('E11 a machine by RFC 9068', 'machine_not_allowed', { azp: undefined, client_id: client, sub: client }, { ALLOW_M2M: 'false' }),
  denied('E11 a machine by its profile', 'machine_not_allowed', { sub_profile: 'ai_agent' }, { ALLOW_M2M: 'false' }),
  ...['', 'USER', 'user ai_agent', ['user'], null].map(profile =>
    denied(`E11 a machine by the profile ${JSON.stringify(profile)}`, 'machine_not_allowed', { sub_profile: profile }, { ALLOW_M2M: 'false' })),
  ...[{ gty: 'client-credentials' }, { gty: ['client-credentials'] }, { sub: `${client}@clients` }, { sub: client }].map(sign =>
    denied(`E11 a machine by ${JSON.stringify(sign)} although its profile says user`, 'machine_not_allowed', { ...sign, sub_profile: 'user' }, { ALLOW_M2M: 'false' }))
]

testRows(t, rows)

t.test('E1 E7 E14 refuses a call without the permission, names all scopes of the tool, and does not run it', async t => {
  let runs = 0
  const pay = defineTool({
    name: 'pay',
    title: 'Pay',
    description: 'Pays',
    scopes: ['pay:read', 'pay:write', 'pay:now'],
    input: Type.Object({}),
    handler () {
      runs++
      return [{ type: 'text' as const, text: 'paid' }]
    }
  })
  const { issuer, post, logs } = await build(t, { tools: [whoamiTool, pay] })

  for (const scope of ['', 'pay:read', 'pay:read pay:write', 'pay:write pay:now tool:whoami']) {
    const response = await post(call('pay'), issuer.token({ scope }))
    t.equal(response.statusCode, 403)
    t.match(response.headers['www-authenticate'], /^Bearer error="insufficient_scope", .*, scope="pay:read pay:write pay:now"$/)
    t.match(logs.at(-1), { reqId: response.headers['x-request-id'], reason: 'insufficient_scope', found: { scope: scope.split(' ').filter(word => word !== ''), permissions: [] }, tool: 'pay' })
  }
  t.equal(runs, 0)
  t.equal((await post(call('pay'), issuer.token({ scope: 'pay:read pay:write', permissions: ['pay:now'] }))).statusCode, 200)
  t.equal(runs, 1)

  const batch = await post([request('ping'), call('pay', {}, 2), call('whoami', {}, 3)], issuer.token({ scope: 'tool:whoami' }), { 'mcp-protocol-version': '2025-03-26' })
  t.match(batch.headers['www-authenticate'], /scope="pay:read pay:write pay:now tool:whoami"$/, 'a batch needs what all of it needs')
  t.equal(runs, 1)
})

t.test('E2 answers every request but a tool call without a scope', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token(POWERLESS)
  for (const message of [request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } }), request('ping'), request('tools/list')]) {
    t.equal((await post(message, token)).statusCode, 200)
  }
  const { message, headers } = modern('server/discover')
  t.equal((await post(message, token, headers)).statusCode, 200)

  const called = modern('tools/call', { name: 'whoami', arguments: {} })
  checkRefused(t, await post(called.message, token, called.headers), 'INSUFFICIENT_SCOPE')
})

t.test('E8 compares scopes as whole words', async t => {
  const { issuer, whoami } = await build(t)
  checkRefused(t, await whoami(issuer.token({ scope: 'tool:* tool admin' })), 'INSUFFICIENT_SCOPE')
})

t.test('E13 answers that an unknown tool is unknown, also to a caller without a scope', async t => {
  const { issuer, post } = await build(t)
  for (const name of ['nothing', '__proto__', 'constructor', 'WHOAMI', 'whoami ']) {
    const response = await post(call(name), issuer.token(POWERLESS))
    t.equal(response.statusCode, 200)
    t.equal(response.json().error.code, -32602)
    t.equal(response.headers['www-authenticate'], undefined)
  }
})

function may (name: string, claims: Claims, env = {}): Row {
  return { name: `${name}: whoami answers`, answer: 200, ask: issuer => issuer.token(claims), env }
}

function lacks (name: string, claims: Claims, env = {}, log: object = { hint: /RBAC/ }): Row {
  return { name: `${name}: 403, and told the scope`, answer: 'INSUFFICIENT_SCOPE', reason: 'insufficient_scope', log: { expected: ['tool:whoami'], ...log }, ask: issuer => issuer.token(claims), env }
}

function denied (name: string, reason: 'client_not_allowed' | 'organization' | 'machine_not_allowed', claims: Claims, env: Record<string, string>): Row {
  return { name: `${name}: 403 without a challenge`, answer: 'DENIED', reason, ask: issuer => issuer.token(claims), env }
}
