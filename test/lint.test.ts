import { ESLint } from 'eslint'
import t from 'tap'
import { ROOT } from './support/root.ts'

const RULE = /(?:^|\/)no-restricted-imports$/
const eslint = new ESLint({ cwd: ROOT })

const NOBODYS = ['fastify', '@fastify/jwt', 'fastify-plugin', '../app.ts', '../server.ts', '../process/workers.ts', '../config.ts', '../process/settings.ts', '../plugins/jwt.ts', '../routes/mcp.ts', '../dev/issuer.ts', '../test/support/build.ts', '../bench/main.ts', './../config.ts', '..']

/** By folder: what its files may import, and what they may not. */
const rows: Readonly<Record<string, { allowed: readonly string[], barred: readonly string[] }>> = {
  auth: { allowed: ['./jws.ts', 'node:crypto', 'get-jwks'], barred: [...NOBODYS, '../mcp/errors.ts', '../tools/whoami.ts'] },
  api: { allowed: ['./faults.ts', '../mcp/api.ts', 'oauth4webapi'], barred: [...NOBODYS, '../auth/claims.ts', '../auth/caller.ts', '../tools/whoami.ts'] },
  mcp: { allowed: ['./schema/params.ts', 'node:crypto', 'ajv'], barred: [...NOBODYS, '../auth/caller.ts', '../auth/claims.ts', '../tools/whoami.ts'] },
  'mcp/calls': { allowed: ['./abort.ts', '../message.ts', '../schema/params.ts', 'ajv'], barred: ['../../app.ts', '../../config.ts', '../../auth/caller.ts', '../../auth/claims.ts', '../../tools/whoami.ts', '../schema/../../config.ts', '../..', 'fastify'] },
  tools: { allowed: ['./units.ts', '../mcp/tool.ts', 'node:fs', '@sinclair/typebox'], barred: [...NOBODYS, '../mcp/errors.ts', '../auth/caller.ts'] },
  'tools/billing': { allowed: ['./money.ts', '../shared/money.ts', '../whoami.ts', '../../mcp/tool.ts', 'node:fs'], barred: ['../../app.ts', '../../mcp/errors.ts', '../../auth/caller.ts', './../../config.ts', '../x/../../config.ts', '../..', 'fastify'] },
  plugins: { allowed: ['../auth/jws.ts', 'fastify'], barred: ['../dev/issuer.ts', '../test/support/build.ts', '../bench/main.ts'] },
  routes: { allowed: ['../mcp/protocol.ts', 'fastify'], barred: ['../dev/issuer.ts', '../test/support/build.ts', '../bench/main.ts'] },
  '.': { allowed: ['./app.ts', 'fastify'], barred: ['./dev/issuer.ts', './test/helper.ts', './bench/main.ts'] }
}

for (const [folder, { allowed, barred }] of Object.entries(rows)) {
  t.test(`what ${folder === '.' ? 'the server' : `${folder}/`} may import`, async t => {
    for (const name of allowed) t.notOk(await isBarred(folder, `import * as it from '${name}'`), name)
    for (const name of barred) {
      t.ok(await isBarred(folder, `import * as it from '${name}'`), name)
      t.ok(await isBarred(folder, `export * from '${name}'`), `${name}, handed on`)
    }
  })
}

t.test('F-T11 a tool in a subfolder may import mcp/tool.ts and the code that tools share', async t => {
  for (const name of ['../../mcp/tool.ts', '../shared/money.ts']) t.notOk(await isBarred('tools/billing', `import * as it from '${name}'`), name)
  t.notOk(await isBarred('tools', "import * as it from './shared/money.ts'"))
  for (const name of ['../../mcp/tool.ts', '../units.ts']) t.notOk(await isBarred('tools/shared', `import * as it from '${name}'`), `${name} from tools/shared/`)
})

t.test('mcp/ knows a caller by its type', async t => {
  t.notOk(await isBarred('mcp', "import type { Caller } from '../auth/caller.ts'"))
  t.notOk(await isBarred('mcp/calls', "import type { Caller } from '../../auth/caller.ts'"))
  t.ok(await isBarred('mcp', "import type { ClaimPolicy } from '../auth/claims.ts'"))
})

async function isBarred (folder: string, text: string): Promise<boolean> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: `${folder}/scratch.ts` })
  return (result?.messages ?? []).some(({ ruleId }) => RULE.test(ruleId ?? ''))
}
