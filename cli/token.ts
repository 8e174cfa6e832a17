import { parseArgs } from 'node:util'
import { loadConfig } from '../config.ts'
import { scopesOf } from '../mcp/tool.ts'
import { loadEnv } from '../process/env.ts'
import { refuseLostOptions } from '../process/npm-options.ts'
import { textOf, type Env } from '../process/settings.ts'
import { rfc9068 } from '../dev/issuer.ts'
import type { Claims } from '../dev/signing.ts'
import { tools } from '../tools/index.ts'
import { machineOf, machineToken, mintedToken } from './access-token.ts'
import { tellError } from './command-error.ts'
import { faultOfKind } from './unusable-token.ts'

const HELP = `Prints an access token.

With AUTH0_DOMAIN set, from that tenant, by client credentials: AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET
are those of a machine-to-machine application. Only --scope applies; without it, the scopes of all tools.

Otherwise from the development issuer, which "npm run dev" starts:
  --scope "a b"         the scope claim ("" for none)
  --permissions "a b"   the permissions claim
  --audience URL        another audience
  --subject ID          another user
  --client ID           another application ("" for none)
  --org ID              a member of this organization
  --machine             as by client credentials
  --rfc9068             RFC 9068's profile in place of Auth0's own
  --expired             expired an hour ago
  --claim name=json     any claim; null leaves it out. May be repeated
  --header name=json    any header member; null leaves it out. May be repeated`

const string = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const several = { type: 'string', multiple: true } as const
const options = { help: flag, scope: string, permissions: string, audience: string, subject: string, client: string, org: string, machine: flag, rfc9068: flag, expired: flag, claim: several, header: several } as const

try {
  refuseLostOptions('token', Object.keys(options))
  const { values } = parseArgs({ options })
  const env = loadEnv()
  if (values.help) console.log(HELP)
  else console.log(await (textOf(env, 'AUTH0_DOMAIN') === undefined ? fromDevelopmentIssuer(env, values) : fromTenant(env, values)))
} catch (error) {
  tellError(error, 'token')
  // Scripts know 1 for every failure of this command.
  process.exit(1)
}

async function fromTenant (env: Env, { scope = scopesOf(...tools).join(' '), ...others }: Values): Promise<string> {
  // A good token in place of an expired one would mislead.
  const ignored = Object.keys(others).map(name => `--${name}`).join(', ')
  if (ignored !== '') console.error(`Without effect: ${ignored}. AUTH0_DOMAIN is set, so the tenant makes the token, and only --scope applies.`)
  const config = loadConfig(env)
  const machine = machineOf(env)
  if (machine === undefined) throw new Error('AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET: not set, expected those of a machine-to-machine application')
  const token = await machineToken(machine, config, scope)
  const fault = faultOfKind(token, config)
  // The token is printed all the same, for "npm run doctor -- --token -".
  if (fault !== undefined) console.error(fault)
  return token
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

async function fromDevelopmentIssuer (env: Env, values: Values): Promise<string> {
  return mintedToken(env, { claims: withNulls(claims(values)), header: { ...(values.rfc9068 && { typ: 'at+jwt' }), ...members(values.header) } })
}

function claims ({ scope, permissions, audience, subject, client, org, machine, rfc9068: isRfc9068, expired, claim }: Values): Claims {
  const hourAgo = Math.floor(Date.now() / 1000) - 3600
  const clientId = client ?? 'dev-client'
  return {
    ...(isRfc9068 ? rfc9068(clientId) : { azp: clientId }),
    ...(client === '' && { azp: undefined, client_id: undefined }),
    ...(machine && { sub: `${clientId}@clients`, ...(!isRfc9068 && { gty: 'client-credentials' }) }),
    ...(scope !== undefined && { scope: scope === '' ? undefined : scope }),
    ...(permissions !== undefined && { permissions: permissions.split(' ').filter(Boolean) }),
    ...(audience !== undefined && { aud: audience }),
    ...(subject !== undefined && { sub: subject }),
    ...(org !== undefined && { org_id: org }),
    ...(expired && { iat: hourAgo - 3600, exp: hourAgo }),
    ...members(claim)
  }
}

/** Reads `name=json` pairs. A value that is not JSON is a string. */
function members (pairs: readonly string[] = []): Claims {
  return Object.fromEntries(pairs.map(pair => {
    const [name = '', ...rest] = pair.split('=')
    try {
      return [name, JSON.parse(rest.join('='))]
    } catch {
      return [name, rest.join('=')]
    }
  }))
}

// JSON has no undefined, so null stands for it.
function withNulls (members: Claims): Claims {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value === undefined ? null : value]))
}
