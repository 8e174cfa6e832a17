import { Type } from '@sinclair/typebox'
import t from 'tap'
import { toCaller, type Caller } from '../../auth/caller.ts'
import { defineTool } from '../../mcp/tool.ts'
import whoamiTool from '../../tools/whoami.ts'
import { build, call } from '../support/build.ts'

declare module '../../auth/named-claims.ts' {
  interface CallerClaims {
    readonly 'https://example.com/plan'?: string
  }
}

const PLAN = 'https://example.com/plan'
const NAMES = [PLAN, 'profile', 'missing', 'toString']
const BASE = { iss: 'https://i/', sub: 's', azp: 'c', aud: 'a', iat: 1, exp: 2 }
const MACHINE = { gty: 'client-credentials' }

const callers: Caller[] = []
const seer = defineTool({
  name: 'seer',
  title: 'Seer',
  description: 'Sees its caller.',
  scopes: ['tool:whoami'],
  input: Type.Object({}),
  output: Type.Object({ plan: Type.Optional(Type.String()) }),
  handler (_input, { caller }) {
    callers.push(caller)
    // Typed by the declaration above.
    return { plan: caller.claims[PLAN] }
  }
})

t.test('a tool sees the named claims of the token and no other, and cannot change them', async t => {
  const { issuer, post } = await build(t, { tools: [seer], env: { CALLER_CLAIMS: `${PLAN},profile,missing` } })
  const token = issuer.token({ [PLAN]: 'gold', profile: { roles: [{ name: 'admin' }], none: null }, secret: 'hidden', email: 'jane@example.com' })
  for (let i = 0; i < 3; i++) t.strictSame((await post(call('seer'), token)).json().result.structuredContent, { plan: 'gold' })
  // A token is remembered when it is verified for the second time.
  const [, first, second] = callers as [Caller, Caller, Caller]
  t.equal(first, second, 'one object for all calls with the token')
  const { claims } = first
  t.strictSame({ ...claims }, { [PLAN]: 'gold', profile: { roles: [{ name: 'admin' }], none: null } })
  t.equal(Object.getPrototypeOf(claims), null)
  const profile = claims['profile'] as { roles: object[] }
  for (const value of [claims, profile, profile.roles, profile.roles[0]]) t.ok(Object.isFrozen(value))
  t.notMatch(JSON.stringify(first), /hidden|jane@/)

  await post(call('seer'), issuer.token())
  t.strictSame(Object.keys((callers[3] as Caller).claims), [], 'another caller has none of them')
  t.ok(Object.isFrozen((callers[3] as Caller).claims))
})

t.test('a claim that is too long, too deep or dangerous is left out', t => {
  const nested = (depth: number): unknown => depth === 0 ? 1 : [nested(depth - 1)]
  const seen = (value: unknown): boolean => Object.hasOwn(toCaller({ ...BASE, profile: value }, 'any', NAMES).claims, 'profile')
  for (const value of ['x'.repeat(4094), nested(8), null, 0, false, '', {}, []]) t.ok(seen(value), JSON.stringify(value).slice(0, 40))
  for (const value of ['x'.repeat(4095), nested(9), nested(5000), JSON.parse('{"__proto__":{"isAdmin":true}}'), JSON.parse('[{"a":{"__proto__":1}}]')]) t.notOk(seen(value))
  t.notOk('toString' in toCaller(BASE, 'any', NAMES).claims, 'what every object has is no claim')
  t.end()
})

t.test('an autonomous agent is a kind of its own, without more rights than a machine', async t => {
  const rows: ReadonlyArray<readonly [claims: Record<string, unknown>, kind: Caller['kind']]> = [
    [{}, 'user'], [{ sub_profile: 'user', client_profile: 'service ai_agent' }, 'user'], [{ client_profile: 'ai_agent', act: { sub: 'agt_1' } }, 'agent'],
    [MACHINE, 'machine'], [{ ...MACHINE, client_profile: 'service' }, 'machine'], [{ ...MACHINE, client_profile: ['ai_agent'] }, 'machine'], [{ ...MACHINE, client_profile: 'ai_agents' }, 'machine'],
    [{ sub_profile: 'ai_agent' }, 'autonomous'], [{ ...MACHINE, client_profile: 'service ai_agent' }, 'autonomous']
  ]
  for (const [claims, kind] of rows) t.equal(toCaller({ ...BASE, ...claims }, 'any').kind, kind, JSON.stringify(claims))
})

t.test('a tool sees the profile of the application, and when and how the user logged in, if the claims have the right type', t => {
  const { clientProfile, authenticatedAt, acr } = toCaller({ ...BASE, client_profile: 'service ai_agent', auth_time: 1_700_000_000, acr: 'urn:mfa' }, 'any')
  t.strictSame([clientProfile, authenticatedAt, acr], [['service', 'ai_agent'], 1_700_000_000, 'urn:mfa'])
  t.ok(Object.isFrozen(clientProfile))
  const wrong: ReadonlyArray<Record<string, unknown>> = [{}, { client_profile: ['x'], auth_time: '1', acr: 1 }, { client_profile: '', auth_time: -1, acr: '' }, { client_profile: 'x'.repeat(1025), auth_time: 1e15, acr: 'x'.repeat(1025) }]
  for (const claims of wrong) {
    const caller = toCaller({ ...BASE, ...claims }, 'any')
    for (const name of ['clientProfile', 'authenticatedAt', 'acr', 'actors']) t.notOk(name in caller, name)
  }
  t.end()
})

t.test('whoami shows the chain, the login and the named claims, and has no further member without them', async t => {
  const { issuer, whoami } = await build(t, { tools: [whoamiTool], env: { CALLER_CLAIMS: PLAN } })
  const shown = async (claims: Record<string, unknown>): Promise<Record<string, unknown>> => (await whoami(issuer.token(claims))).json().result.structuredContent
  t.match(await shown({ [PLAN]: 'gold', act: { sub: 'agt_2', act: { sub: 'app_1' } }, client_profile: 'service ai_agent', auth_time: 1_700_000_000, acr: 'urn:mfa' }), {
    kind: 'agent', actor: 'agt_2', actors: ['agt_2', 'app_1'], clientProfile: ['service', 'ai_agent'], authenticatedAt: '2023-11-14T22:13:20.000Z', acr: 'urn:mfa', claims: { [PLAN]: 'gold' }
  })
  t.match(await shown({ sub_profile: 'ai_agent' }), { kind: 'machine', autonomous: true })
  t.strictSame(Object.keys(await shown({})).sort(), ['audience', 'clientId', 'expiresAt', 'expiresIn', 'issuedAt', 'issuer', 'kind', 'permissions', 'scopes', 'subject'])
})
