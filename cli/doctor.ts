import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { loadEnv } from '../process/env.ts'
import { refuseLostOptions } from '../process/npm-options.ts'
import { tellError } from './command-error.ts'
import { linesOf } from './doctor/check.ts'
import { examine } from './doctor/examine.ts'
import { checkLogin, type LoginOptions } from './doctor/login/login.ts'
import { checkSettings } from './doctor/settings.ts'

const HELP = `Checks the settings, the tenant and the running server, or an access token. It changes nothing, except that --login may register a client.

  npm run doctor                    settings, tenant, keys, clock, audience, the server at MCP_RESOURCE_URL; calls it
                                    with a token of AUTH0_CLIENT_ID or of the development issuer, without running a tool
  npm run doctor -- --token -       takes a token from standard input apart, without sending it anywhere
  npm run doctor -- --token TOKEN   the same, but the token stays in the history of the shell
  npm run doctor -- --login         the same checks, then plays an MCP client: registration, login in your browser, token, tools/list, whoami
  --exchange                        with --token: if a tool calls an API as the user, a good token goes to its issuer to be exchanged
  --client-id ID                    logs in as this client, which may be the URL of its metadata document; without it, as
                                    one that registers, or by the imported document of VS Code or Claude Code
  --client-secret -                 the secret of that client, from standard input
  --callback URL                    the loopback URL that is registered for it; default: any port
  --json                            prints a list of { id, title, ok, found, expected, mend }

Exit code 0: all is well, 1: something is wrong, 2: wrong use.`

// `npm run doctor`: the tenant, or the development issuer while no tenant is set.
const [string, flag] = [{ type: 'string' }, { type: 'boolean' }] as const
const options = { token: string, login: flag, exchange: flag, 'client-id': string, 'client-secret': string, callback: string, json: flag, help: flag } as const
try {
  refuseLostOptions('doctor', ['token', 'login', 'exchange', 'client-id', 'client-secret', 'callback'])
  const { values: { token, json = false, help = false, login = false, exchange = false, 'client-id': clientId, 'client-secret': secret, callback } } = parseArgs({ options })
  if (help) console.log(HELP)
  else {
    // A secret on the command line would stay in the history of the shell.
    if (secret !== undefined && (secret !== '-' || token === '-')) throw Object.assign(new Error('--client-secret: expected -, which reads standard input; --token must not read it too'), { code: 'ERR_PARSE_ARGS' })
    const clientSecret = secret && (await text(process.stdin)).trim()
    await run(token === '-' ? await text(process.stdin) : token, json, exchange, login ? { clientId, clientSecret, callback } : undefined)
  }
} catch (error) {
  process.exitCode = tellError(error, 'doctor')
}

async function run (token: string | undefined, json: boolean, exchange: boolean, login?: Pick<LoginOptions, 'clientId' | 'clientSecret' | 'callback'>): Promise<void> {
  const env = loadEnv()
  const checks = await examine(env, { token, exchange })
  const { config } = checkSettings(env)
  // A login can only fail after a fault, and would hide its cause.
  if (login !== undefined && config !== undefined && checks.every(({ ok }) => ok)) {
    checks.push(...await checkLogin(config, { ...login, waitMs: 300_000, open: url => console.error(`Log in within five minutes:\n\n  ${url}\n`) }))
  }
  console.log(json ? JSON.stringify(checks, null, 2) : checks.flatMap(linesOf).join('\n'))
  if (checks.some(({ ok }) => !ok)) process.exitCode = 1
}
