import t from 'tap'
import { reportStart } from '../../process/start-report.ts'

t.test('the start warns of a name that differs from a setting by a letter, without its value', async t => {
  const warnings: unknown[] = []
  const log = { warn: (...args: unknown[]) => warnings.push(args), info () {} }
  reportStart(log as never, { resourceUrl: 'x', issuers: [], access: {} } as never, { REQUIRED_ORGS: 'org_1' })
  t.strictSame(warnings, [['REQUIRED_ORGS is no setting and has no effect. Write REQUIRED_ORG, or remove it']])
})

t.test('the start warns of an organization that is named, since tokens hold its ID', t => {
  const warnings: unknown[] = []
  const log = { warn: (...args: unknown[]) => warnings.push(args), info () {} }
  reportStart(log as never, { resourceUrl: 'x', issuers: [], access: { requiredOrg: ['org_1', 'acme'] } } as never, {})
  t.strictSame(warnings, [['REQUIRED_ORG has acme, which is no ID of an organization and admits nobody. Tokens hold the ID, such as org_AbC123, not the name']])
  t.end()
})

t.test('the start warns of certificates that are not checked', async t => {
  const warnings: unknown[] = []
  const log = { warn: (...args: unknown[]) => warnings.push(args), info () {} }
  reportStart(log as never, { resourceUrl: 'x', issuers: [], access: {} } as never, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })
  t.match(warnings, [[/^NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked/]])
  t.equal(warnings.length, 1)
})
