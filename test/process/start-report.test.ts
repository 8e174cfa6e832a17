import t from 'tap'
import { reportStart } from '../../process/start-report.ts'
import type { Env } from '../../process/settings.ts'
import { startWarnings } from '../../process/start-warnings.ts'

/** The warnings of a start with these settings. */
function warningsOf (env: Env, access: object = {}): unknown[] {
  const warnings: unknown[] = []
  const log = { warn: (...args: unknown[]) => warnings.push(args), info () {} }
  reportStart(log as never, { resourceUrl: 'x', issuers: [], access } as never, env)
  return warnings
}

t.test('the start warns of a name that differs from a setting by a letter, without its value', async t => {
  t.strictSame(warningsOf({ REQUIRED_ORGS: 'org_1' }), [['REQUIRED_ORGS is no setting and has no effect. Write REQUIRED_ORG, or remove it']])
})

t.test('the start warns of an organization that is named, since tokens hold its ID', async t => {
  t.strictSame(warningsOf({}, { requiredOrg: ['org_1', 'acme'] }), [['REQUIRED_ORG has acme, which is no ID of an organization and admits nobody. Tokens hold the ID, such as org_AbC123, not the name']])
})

t.test('the start warns that certificates are not checked', async t => {
  t.match(warningsOf({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }), [[/^NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked/]])
  t.strictSame(warningsOf({ NODE_TLS_REJECT_UNAUTHORIZED: '1' }), [])
})

t.test('one of several workers warns, since all have the same settings', async t => {
  const warned: unknown[] = []
  const log = { warn: (message: unknown) => { warned.push(message) } }
  for (const worker of [undefined, { id: 1 }, { id: 2 }]) startWarnings(log, worker).warn(`as ${worker?.id}`)
  t.strictSame(warned, ['as undefined', 'as 1'])
})
