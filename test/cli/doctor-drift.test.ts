import t from 'tap'
import { checkDrift } from '../../cli/doctor/drift.ts'
import { loadConfig } from '../../config.ts'
import { RESOURCE, setUpTenant } from '../support/tenant.ts'

const SCOPES = ['tool:whoami']

t.test('doctor skips the comparison with the tenant without credentials, and says so', async t => {
  const { api, env } = await setUpTenant(t)
  delete env['AUTH0_MGMT_TOKEN']
  t.match(await checkDrift(env, loadConfig(env), SCOPES), { ok: true, found: /^not checked, since that needs AUTH0_MGMT_TOKEN/ })
  t.strictSame(api.requests, [])
})

t.test('doctor names the scopes that the tenant lacks, and those that no tool needs', async t => {
  const { api, env } = await setUpTenant(t)
  const check = () => checkDrift(env, loadConfig(env), SCOPES)
  t.match(await check(), { ok: false, found: `no API ${RESOURCE}`, expected: /tool:whoami$/, mend: /npm run tenant -- apply/ })

  const ours = { id: 'api', identifier: RESOURCE, scopes: [] as object[] }
  api.state.resourceServers.push(ours)
  t.match(await check(), { ok: false, found: 'no permission' })
  ours.scopes.push({ value: 'tool:old', description: '' })
  t.match(await check(), { ok: false, found: 'tool:old; no tool needs tool:old', expected: /tool:whoami$/ })
  ours.scopes.push({ value: 'tool:whoami', description: '' })
  t.match(await check(), { ok: true, found: 'tool:whoami; no tool needs tool:old' })
  ours.scopes.shift()
  t.match(await check(), { ok: true, found: 'tool:whoami' })
  t.strictSame(api.requests.filter(request => !request.startsWith('GET')), [])
})
