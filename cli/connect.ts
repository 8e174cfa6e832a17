import { parseArgs } from 'node:util'
import { loadConfig } from '../config.ts'
import { nameFor, type Client } from '../connect/client.ts'
import { clientsFor } from '../connect/index.ts'
import { scopesOf } from '../mcp/tool.ts'
import { withDevelopmentIssuer } from '../process/development-issuer.ts'
import { loadEnv } from '../process/env.ts'
import { server, tools } from '../tools/index.ts'
import { tellError } from './command-error.ts'

const HELP = `Prints what to paste into MCP clients to connect them with this server.

  npm run connect             every client
  npm run connect -- cursor   one client`

try {
  const { values: { help = false }, positionals: [id, ...rest] } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } })
  if (rest.length > 0) throw Object.assign(new Error('Expected one client at most'), { code: 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL' })
  print(id, help)
} catch (error) {
  process.exitCode = tellError(error, 'connect')
}

function print (id: string | undefined, help: boolean): void {
  const { resourceUrl, challengeScopes } = loadConfig(withDevelopmentIssuer(loadEnv()))
  const askedAtLogin = challengeScopes === 'all' ? tools : tools.filter(({ baseline }) => baseline)
  const clients = clientsFor({ url: resourceUrl, name: nameFor(server.name), scopes: scopesOf(...askedAtLogin) })
  const names = `Clients: ${clients.map(client => client.id).join(', ')}`
  if (help) return console.log(`${HELP}\n\n${names}`)

  const chosen = clients.filter(client => id === undefined || client.id === id.toLowerCase())
  if (chosen.length > 0) return console.log(chosen.map(textOf).join('\n\n\n'))
  console.error(`Unknown client ${JSON.stringify(id)}. ${names}`)
  process.exitCode = 2
}

function textOf ({ title, how, snippets, callbacks, trap }: Client): string {
  return [
    `${title}\n${'='.repeat(title.length)}\n${how}`,
    ...snippets.map(({ label, text }) => `${label}:\n\n${text.replace(/^(?=.)/gm, '  ')}`),
    ...(callbacks.length > 0 ? [`Callback URLs to register, for an application that you registered by hand:\n\n${callbacks.map(url => `  ${url}`).join('\n')}`] : []),
    `Mind: ${trap}`
  ].join('\n\n')
}
