import { Type } from '@sinclair/typebox'
import t from 'tap'
import { buildApp } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { defineTool } from '../../mcp/tool.ts'

const remove = defineTool({
  name: 'remove',
  title: 'Remove',
  description: 'Removes a file.',
  scopes: ['files:delete'],
  input: Type.Object({}),
  confirm: () => 'Remove it?',
  handler: () => []
})

t.test('several processes need Redis for approvals', async t => {
  const config = (env: Record<string, string>) => loadConfig({ AUTH0_DOMAIN: 'tenant.eu.auth0.com', ...env })
  for (const [env, message] of [
    [{ WORKERS: '2' }, /^WORKERS: found "2", but tool "remove" asks for confirmations.* Expected REDIS_URL/],
    [{ STATE_SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789' }, /^STATE_SECRET: found a value, but tool "remove"/]
  ] as const) {
    await t.rejects(buildApp({ config: config(env), tools: [remove] }), { message })
    await (await buildApp({ config: config(env), tools: [{ ...remove, confirm: false }] })).close()
  }
})
