import { readFileSync } from 'node:fs'
import t from 'tap'
import { nearNames } from '../../process/near-names.ts'
import { ROOT } from '../support/root.ts'

const meantBy = (found: string): string | undefined => nearNames({ [found]: 'x' })[0]?.meant

t.test('finds the setting behind a name with one wrong letter', async t => {
  for (const [found, meant] of [
    ['REQUIRED_ORGS', 'REQUIRED_ORG'],
    ['ALLOWED_CLIENT', 'ALLOWED_CLIENTS'],
    ['AUTHO_AUDIENCE', 'AUTH0_AUDIENCE'],
    ['SCOPE_CLIAMS', 'SCOPE_CLAIMS'],
    ['AALLOW_M2M', 'ALLOW_M2M'],
    ['llow_m2m', 'ALLOW_M2M'],
    ['allow_m2m', 'ALLOW_M2M'],
    ['TRUST-PROXY', 'TRUST_PROXY']
  ] as const) t.equal(meantBy(found), meant, found)
})

t.test('ignores settings, unset names and variables of other programs', async t => {
  const example = readFileSync(`${ROOT}/.env.example`, 'utf8')
  const settings = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name as string)
  t.ok(settings.length > 40)
  t.strictSame(nearNames(Object.fromEntries(settings.map(name => [name, 'x']))), [])
  for (const name of settings.filter(name => name.length >= 8)) t.equal(meantBy(`${name}X`), name, 'every setting of .env.example is known')
  for (const name of ['PATH', 'HOSTS', 'PORTS', 'WORKER', 'LOG_LEVELING', 'AUTH0_ISSUER', 'REDIS_HOST', 'JWKS_COOLWDON', 'AUTH0_DMOIAN']) t.equal(meantBy(name), undefined, name)
  t.strictSame(nearNames({ REQUIRED_ORGS: '' }), [])
})
