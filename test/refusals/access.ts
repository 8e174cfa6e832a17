import type { Claims } from '../../dev/issuer.ts'
import { POWERLESS } from '../helper.ts'
import type { Row } from './run.ts'

const client = 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja'
const both = { scope: 'tool:whoami', permissions: ['tool:whoami'] }
const inScope = { scope: 'tool:whoami', permissions: [] }
const inPermissions = { scope: 'openid', permissions: ['tool:whoami'] }
const machine = { sub: `${client}@clients`, gty: 'client-credentials' }

/** E: who may do what, and who is not admitted at all. */
export const accessRows: readonly Row[] = [
  lacks('E1 no scope and no permissions', POWERLESS),
  lacks('E1 neither claim', { scope: undefined }),
  lacks('E1 an empty scope', { scope: '' }),
  ...['tool:whoami2', 'xtool:whoami', 'tool:whoam', 'TOOL:WHOAMI', 'tool', 'tool:', '*', 'tool:*', 'tool:whoami,other', '"tool:whoami"', 'tool:whoami\u00a0a'].flatMap(scope => [
    lacks(`E3 scope ${JSON.stringify(scope)}`, { scope }),
    lacks(`E3 permission ${JSON.stringify(scope)}`, { scope: undefined, permissions: [scope] })
  ]),
  lacks('E3 a permission that holds two', { scope: undefined, permissions: ['a tool:whoami'] }),

  ...['any', 'permissions'].map(mode => may(`E4 SCOPE_CLAIMS=${mode}, in permissions only`, inPermissions, { SCOPE_CLAIMS: mode })),
  ...['scope', 'all'].map(mode => lacks(`E4 SCOPE_CLAIMS=${mode}, in permissions only`, inPermissions, { SCOPE_CLAIMS: mode })),
  ...['any', 'scope'].map(mode => may(`E5 SCOPE_CLAIMS=${mode}, in scope only`, inScope, { SCOPE_CLAIMS: mode })),
  ...['permissions', 'all'].map(mode => lacks(`E5 SCOPE_CLAIMS=${mode}, in scope only`, inScope, { SCOPE_CLAIMS: mode })),
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
  denied('E11 a machine by its profile', 'machine_not_allowed', { sub_profile: 'ai_agent' }, { ALLOW_M2M: 'false' })
]

function may (name: string, claims: Claims, env = {}): Row {
  return { name: `${name}: whoami answers`, answer: 200, ask: issuer => issuer.token(claims), env }
}

function lacks (name: string, claims: Claims, env = {}): Row {
  return { name: `${name}: 403, and told the scope`, answer: 'IS', reason: 'insufficient_scope', log: { expected: ['tool:whoami'], hint: /RBAC/ }, ask: issuer => issuer.token(claims), env }
}

function denied (name: string, reason: 'client_not_allowed' | 'organization' | 'machine_not_allowed', claims: Claims, env: Record<string, string>): Row {
  return { name: `${name}: 403 without a challenge`, answer: 'DENIED', reason, ask: issuer => issuer.token(claims), env }
}
