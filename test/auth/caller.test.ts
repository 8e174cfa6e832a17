import { Type } from '@sinclair/typebox'
import t from 'tap'
import { toCaller } from '../../auth/caller.ts'
import { defineTool } from '../../mcp/tool.ts'
import whoamiTool from '../../tools/whoami.ts'
import { build, call } from '../support/build.ts'

t.test('E15 whoami shows who the caller is, and nothing else of the token', async t => {
  const { issuer, whoami } = await build(t)
  const token = issuer.token({ jti: 'the-name-of-the-token', email: 'jane@example.com', org_id: 'org_1', org_name: 'acme', permissions: ['p:1'], act: { sub: 'agent-1', client_id: 'x' }, sid: 'session', 'https://example.com/x': 1 })
  const { body, ...response } = await whoami(token)
  t.strictSame(Object.keys(response.json().result.structuredContent).sort(), ['actor', 'actors', 'audience', 'clientId', 'expiresAt', 'expiresIn', 'issuedAt', 'issuer', 'kind', 'organization', 'permissions', 'scopes', 'subject'])
  t.match(response.json().result.structuredContent, { kind: 'agent', actor: 'agent-1', organization: { id: 'org_1', name: 'acme' }, permissions: ['p:1'] })
  t.notMatch(body, /the-name-of-the-token|jane@|session|eyJ/)
})

t.test('E16 does not mix up a thousand interleaved calls of two users', async t => {
  const { issuer, whoami } = await build(t)
  const users = [{ sub: 'auth0|one', azp: 'client-one' }, { sub: 'auth0|two', azp: 'client-two', org_id: 'org_2' }]
  const tokens = users.map(user => issuer.token(user))
  const answers = await Promise.all(Array.from({ length: 1000 }, async (_, i) => {
    // Every tenth call has a new token.
    const token = i % 10 < 2 ? issuer.token({ ...users[i % 2], i }) : tokens[i % 2]
    return (await whoami(token)).json().result.structuredContent
  }))
  const wrong = answers.filter(({ subject, clientId, organization }, i) => {
    const { sub, azp, org_id: org } = users[i % 2] as { sub: string, azp: string, org_id?: string }
    return subject !== sub || clientId !== azp || organization?.id !== org
  })
  t.strictSame(wrong, [])
})

t.test('does not let a tool change the permissions of the next request with the same token', async t => {
  const meddle = defineTool({
    name: 'meddle',
    title: 'Meddle',
    description: 'Tries to give itself more',
    scopes: ['meddle'],
    input: Type.Object({}),
    handler (_input, { caller }) {
      const tries = [
        () => { Object.assign(caller, { subject: 'root' }) },
        () => { (caller.scopes as string[]).push('tool:whoami') },
        () => { (caller.audience as string[]).push('x') },
        () => { Object.assign(caller.granted, { has: () => true }) },
        () => { Object.assign(caller.organization ?? {}, { id: 'other' }) }
      ]
      for (const attempt of tries) t.throws(attempt, TypeError)
      return []
    }
  })
  const { issuer, post, whoami } = await build(t, { tools: [whoamiTool, meddle] })
  const token = issuer.token({ scope: 'meddle', org_id: 'org_1' })
  t.equal((await post(call('meddle'), token)).statusCode, 200)
  t.match(await whoami(token), { statusCode: 403, headers: { 'www-authenticate': /scope="tool:whoami"$/ } })
})

t.test('gives no two callers the same key, and a key of the same length to all', async t => {
  const names = [['ab', 'c', 'd'], ['a', 'bc', 'd'], ['a', 'b', 'cd'], ['a', 'b', 'c'], ['a","b', 'c', 'd'], ['\ud800', 'c', 'd'], ['\udfff', 'c', 'd'], ['\ufffd', 'c', 'd'], ['x'.repeat(1000), 'c', 'd']]
  const keys = names.map(([sub, azp, iss]) => toCaller({ sub, azp, iss, aud: 'an API' }, 'any').key)
  t.equal(new Set(keys).size, names.length)
  t.ok(keys.every(key => key.length === 43))
  t.notMatch(keys.join(), 'x'.repeat(10), 'it holds no name')
})
