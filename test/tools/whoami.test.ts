import t from 'tap'
import type { Caller } from '../../auth/caller.ts'
import type { Context } from '../../mcp/tool.ts'
import whoami from '../../tools/whoami.ts'

const CALLER: Caller = {
  subject: 'auth0|1', clientId: 'client', issuer: 'https://tenant.example/', audience: [], kind: 'user', scopes: [], permissions: [], granted: [], issuedAt: 0, expiresAt: 0, key: 'key', claims: {}
}

t.test('writes the dates of any number of tokens', async t => {
  for (let issuedAt = 1_800_000_000; issuedAt < 1_800_002_500; issuedAt++) {
    const caller = { ...CALLER, issuedAt, expiresAt: issuedAt + 3600 }
    const { issuedAt: from, expiresAt: to, expiresIn } = await whoami.handler({}, { caller, now: issuedAt * 1000 } as Context)
    if (Date.parse(from) === issuedAt * 1000 && Date.parse(to) === (issuedAt + 3600) * 1000 && expiresIn === 3600) continue
    return t.fail(`${issuedAt}: ${from} ${to} ${expiresIn}`)
  }
  t.pass()
})
