import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool } from '../mcp/tool.ts'
import whoamiTool from '../tools/whoami.ts'
import { build, call, modern, POWERLESS, request } from './helper.ts'
import { accessRows } from './refusals/access.ts'
import { checkRefused, testRows } from './refusals/run.ts'

testRows(t, accessRows)

t.test('E1 E7 a tool that is not permitted does not run, and all of its scopes are named', async t => {
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
    t.match(logs.at(-1), { reqId: response.headers['x-request-id'], reason: 'insufficient_scope', found: scope.split(' ').filter(word => word.startsWith('pay')), tool: 'pay' })
  }
  t.equal(runs, 0)
  t.equal((await post(call('pay'), issuer.token({ scope: 'pay:read pay:write', permissions: ['pay:now'] }))).statusCode, 200)
  t.equal(runs, 1)

  const batch = await post([request('ping'), call('pay', {}, 2), call('whoami', {}, 3)], issuer.token({ scope: 'tool:whoami' }), { 'mcp-protocol-version': '2025-03-26' })
  t.match(batch.headers['www-authenticate'], /scope="pay:read pay:write pay:now tool:whoami"$/, 'a batch needs what all of it needs')
  t.equal(runs, 1)
})

t.test('E2 without any scope: everything but the tools', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token(POWERLESS)
  for (const message of [request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } }), request('ping'), request('tools/list')]) {
    t.equal((await post(message, token)).statusCode, 200)
  }
  const { message, headers } = modern('server/discover')
  t.equal((await post(message, token, headers)).statusCode, 200)

  const called = modern('tools/call', { name: 'whoami', arguments: {} })
  checkRefused(t, await post(called.message, token, called.headers), 'IS')
})

t.test('E8 no scope implies another: there is no hierarchy to be set up', async t => {
  const { issuer, whoami } = await build(t)
  checkRefused(t, await whoami(issuer.token({ scope: 'tool:* tool admin' })), 'IS')
})

t.test('E13 an unknown tool without any scope: unknown, not forbidden', async t => {
  const { issuer, post } = await build(t)
  for (const name of ['nothing', '__proto__', 'constructor', 'WHOAMI', 'whoami ']) {
    const response = await post(call(name), issuer.token(POWERLESS))
    t.equal(response.statusCode, 200)
    t.equal(response.json().error.code, -32602)
    t.equal(response.headers['www-authenticate'], undefined)
  }
})

t.test('E15 whoami tells who calls, and nothing of the token', async t => {
  const { issuer, whoami } = await build(t)
  const token = issuer.token({ jti: 'the-name-of-the-token', email: 'jane@example.com', org_id: 'org_1', org_name: 'acme', permissions: ['p:1'], act: { sub: 'agent-1', client_id: 'x' }, sid: 'session', 'https://example.com/x': 1 })
  const { body, ...response } = await whoami(token)
  t.strictSame(Object.keys(response.json().result.structuredContent).sort(), ['actor', 'audience', 'clientId', 'expiresAt', 'expiresIn', 'issuedAt', 'issuer', 'kind', 'organization', 'permissions', 'scopes', 'subject'])
  t.match(response.json().result.structuredContent, { kind: 'agent', actor: 'agent-1', organization: { id: 'org_1', name: 'acme' }, permissions: ['p:1'] })
  t.notMatch(body, /the-name-of-the-token|jane@|session|eyJ/)
})

t.test('E16 a thousand interleaved calls of two users: each sees itself', async t => {
  const { issuer, whoami } = await build(t)
  const users = [{ sub: 'auth0|one', azp: 'client-one' }, { sub: 'auth0|two', azp: 'client-two', org_id: 'org_2' }]
  const tokens = users.map(user => issuer.token(user))
  const answers = await Promise.all(Array.from({ length: 1000 }, async (_, i) => {
    // Every tenth call comes with a token that nobody has seen before.
    const token = i % 10 < 2 ? issuer.token({ ...users[i % 2], i }) : tokens[i % 2]
    return (await whoami(token)).json().result.structuredContent
  }))
  const wrong = answers.filter(({ subject, clientId, organization }, i) => {
    const { sub, azp, org_id: org } = users[i % 2] as { sub: string, azp: string, org_id?: string }
    return subject !== sub || clientId !== azp || organization?.id !== org
  })
  t.strictSame(wrong, [])
})

t.test('a tool cannot change what the next caller with the same token may do', async t => {
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
