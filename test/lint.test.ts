import { ESLint } from 'eslint'
import t from 'tap'

const RULE = /(?:^|\/)no-restricted-imports$/
const eslint = new ESLint({ cwd: new URL('..', import.meta.url).pathname })

const NOBODYS = ['fastify', '@fastify/jwt', 'fastify-plugin', '../app.ts', '../server.ts', '../cluster.ts', '../config.ts', '../settings.ts', '../plugins/jwt.ts', '../routes/mcp.ts', '../dev/issuer.ts', '../test/helper.ts', '../bench/main.ts', './../config.ts', '..']

/** By folder: what its files may import, and what they may not. */
const rows: Readonly<Record<string, { allowed: readonly string[], barred: readonly string[] }>> = {
  auth: { allowed: ['./jws.ts', 'node:crypto', 'get-jwks'], barred: [...NOBODYS, '../mcp/request.ts', '../tools/whoami.ts'] },
  mcp: { allowed: ['./request.ts', 'node:crypto', 'ajv'], barred: [...NOBODYS, '../auth/caller.ts', '../auth/claims.ts', '../tools/whoami.ts'] },
  tools: { allowed: ['./units.ts', '../mcp/tool.ts', 'node:fs', '@sinclair/typebox'], barred: [...NOBODYS, '../mcp/errors.ts', '../auth/caller.ts'] },
  plugins: { allowed: ['../auth/jws.ts', 'fastify'], barred: ['../dev/issuer.ts', '../test/helper.ts', '../bench/main.ts'] },
  routes: { allowed: ['../mcp/protocol.ts', 'fastify'], barred: ['../dev/issuer.ts', '../test/helper.ts', '../bench/main.ts'] },
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

t.test('mcp/ knows a caller by its type', async t => {
  t.notOk(await isBarred('mcp', "import type { Caller } from '../auth/caller.ts'"))
  t.ok(await isBarred('mcp', "import type { ClaimPolicy } from '../auth/claims.ts'"))
})

async function isBarred (folder: string, text: string): Promise<boolean> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: `${folder}/scratch.ts` })
  return (result?.messages ?? []).some(({ ruleId }) => RULE.test(ruleId ?? ''))
}
