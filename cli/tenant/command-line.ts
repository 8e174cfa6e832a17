import { parseArgs } from 'node:util'
import type { Requested } from './desired.ts'
import { CLIENT_NAMES, findClient } from './mcp-clients.ts'
import { shellWord } from './shell-word.ts'

/** The text of `--help`. */
export const HELP = `Sets up the Auth0 tenant (AUTH0_DOMAIN) that the tools need: the API and its permissions, the tenant's switches,
a role, the default grant and a connection for MCP clients, the machine behind "npm run token", and, if a tool calls
an API as the user, the application that exchanges tokens.

  npm run tenant                            plan: reads the tenant and prints the differences; changes nothing
  npm run tenant -- apply                   makes the changes after asking; can be run again at any time
  npm run tenant -- export --terraform      writes auth0.tf.json, in Terraform's JSON syntax
  npm run tenant -- export --deploy-cli     writes auth0.yaml, for auth0-deploy-cli

  --client NAME      imports the metadata document of an MCP client, and switches CIMD on: ${CLIENT_NAMES.join(', ')},
                     or the https URL of a document. May be repeated
  --dcr              lets any client register itself, as Cursor, Gemini CLI and mcp-remote do
  --user E-MAIL      gives the role to a user. May be repeated
  --connection NAME  the connection that MCP clients log in with
  --yes              does not ask
  --output FILE      another file for an export

It never deletes anything, keeps the permissions of others, and prints for each change how to undo it. It uses
AUTH0_MGMT_TOKEN, or AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET, else the session of the Auth0 CLI
("auth0 login"). With a custom domain, set AUTH0_MGMT_DOMAIN to the tenant's own domain.

Exit code 0: all is well, 1: it failed, or you said no, 2: wrong use.`

/** The command line of `npm run tenant`, read. */
export type TenantCommand = {
  readonly requested: Requested
} & ({
  readonly action: 'plan' | 'apply'
  readonly isConfirmed: boolean
  /** The options, as they are given to `apply` again. */
  readonly repeat: string
} | {
  readonly action: 'export'
  readonly files: ReadonlyArray<readonly [format: 'terraform' | 'deploy-cli', file: string]>
})

const [string, flag, several] = [{ type: 'string' }, { type: 'boolean' }, { type: 'string', multiple: true }] as const
const options = { client: several, dcr: flag, user: several, connection: string, yes: flag, output: string, terraform: flag, 'deploy-cli': flag, help: flag } as const

/**
 * Reads the command line.
 * @returns undefined if it asks for help
 * @throws Error for wrong use
 */
export function readCommand (args: string[]): TenantCommand | undefined {
  const { values, positionals: [action = 'plan', ...rest] } = parseArgs({ args, options, allowPositionals: true })
  if (values.help) return undefined
  if (rest.length > 0 || (action !== 'plan' && action !== 'apply' && action !== 'export')) throw new Error(`expected plan, apply or export, found ${JSON.stringify([action, ...rest].join(' '))}`)

  const requested: Requested = {
    clients: (values.client ?? []).map(clientOf),
    registration: values.dcr ?? false,
    connection: values.connection,
    users: values.user ?? []
  }
  const { terraform = false, 'deploy-cli': deployCli = false, output, yes = false } = values
  if (action !== 'export') {
    if (terraform || deployCli || output !== undefined) throw new Error('--terraform, --deploy-cli and --output are for export')
    return { action, requested, isConfirmed: yes, repeat: repeat(args) }
  }
  if (!terraform && !deployCli) throw new Error('export needs --terraform or --deploy-cli')
  if (terraform && deployCli && output !== undefined) throw new Error('--output names one file: export one format at a time')
  return { action, requested, files: [...terraform ? [['terraform', output ?? 'auth0.tf.json'] as const] : [], ...deployCli ? [['deploy-cli', output ?? 'auth0.yaml'] as const] : []] }
}

function clientOf (text: string): Requested['clients'][number] {
  const client = findClient(text)
  if (client === undefined) throw new Error(`--client: found ${JSON.stringify(text)}, expected ${CLIENT_NAMES.join(', ')}, or the https URL of a metadata document`)
  return client
}

function repeat (args: readonly string[]): string {
  return args.filter(arg => arg !== 'plan').map(arg => ` ${shellWord(arg)}`).join('')
}
