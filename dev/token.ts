import { parseArgs } from 'node:util'
import { loadConfig } from '../config.ts'
import { ConfigError } from '../settings.ts'
import { issuerPort, loadEnv } from './env.ts'
import { rfc9068, type Claims } from './issuer.ts'
import { MINT_PATH } from './mint.ts'

const HELP = `Prints an access token.

With AUTH0_DOMAIN set, from that tenant, by client credentials: AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET
are those of a machine-to-machine application. Only --scope applies.

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
  const { values } = parseArgs({ options })
  const env = loadEnv()
  if (values.help) console.log(HELP)
  else console.log(await (env['AUTH0_DOMAIN'] ? fromTenant(env, values.scope) : fromDevelopmentIssuer(env, values)))
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : (error as Error).message)
  process.exit(1)
}

async function fromTenant (env: NodeJS.ProcessEnv, scope: string | undefined): Promise<string> {
  const { issuers: [issuer], claims: { audiences: [audience] } } = loadConfig(env)
  const { AUTH0_CLIENT_ID: id, AUTH0_CLIENT_SECRET: secret } = env
  if (!id || !secret) throw new Error('AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET: not set, expected those of a machine-to-machine application')

  const response = await fetch(`${issuer}oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret, audience: audience as string, ...(scope && { scope }) }),
    signal: AbortSignal.timeout(10_000)
  })
  const answer = await response.json() as { access_token?: string, error?: string, error_description?: string }
  if (answer.access_token) return answer.access_token
  throw new Error(`${issuer} gave no token: ${answer.error_description ?? answer.error ?? response.status}`)
}

async function fromDevelopmentIssuer (env: NodeJS.ProcessEnv, values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values']): Promise<string> {
  const url = `http://localhost:${issuerPort(env)}${MINT_PATH}`
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ claims: nulled(claims(values)), header: { ...(values.rfc9068 && { typ: 'at+jwt' }), ...members(values.header) } }) })
    .catch(() => { throw new Error(`No development issuer at ${new URL(url).origin}: start it with "npm run dev", or set AUTH0_DOMAIN`) })
  if (!response.ok) throw new Error(`The development issuer answered ${response.status}`)
  return response.text()
}

function claims ({ scope, permissions, audience, subject, client, org, machine, rfc9068: isRfc9068, expired, claim }: Parameters<typeof fromDevelopmentIssuer>[1]): Claims {
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

/** `name=json` pairs; what is no JSON is a string. */
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

function nulled (members: Claims): Claims {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value === undefined ? null : value]))
}
