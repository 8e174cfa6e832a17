import { existsSync, writeFileSync } from 'node:fs'
import { loadConfig } from '../../config.ts'
import { textOf, type Env } from '../../process/settings.ts'
import { withoutHidden } from '../../mcp/safe-text.ts'
import type { Tool } from '../../mcp/tool.ts'
import { server, tools as allTools } from '../../tools/index.ts'
import { accessOf } from './authentication.ts'
import { deployCli } from './deploy-cli.ts'
import { desiredState } from './desired.ts'
import { createManagement } from './management.ts'
import type { TenantCommand } from './command-line.ts'
import { plan } from './plan.ts'
import { makeChanges, planLines } from './report.ts'
import { terraform } from './terraform.ts'

/** How the command speaks with its user. */
export interface Terminal {
  print (line: string): void
  /** Asks a question. @returns whether the answer is yes */
  confirm (question: string): Promise<boolean>
}

/**
 * Carries out `npm run tenant`.
 * @param pause waits for some milliseconds when Auth0 limits the rate
 * @param tools the tools that the tenant is for. Default: those of tools/index.ts
 * @returns the exit code: 0, or 1 if the user says no
 * @throws Error that says what failed; a second run goes on from there
 */
export async function runTenant (command: TenantCommand, env: Env, { print: write, confirm }: Terminal, pause?: (ms: number) => Promise<void>, tools: readonly Tool[] = allTools): Promise<number> {
  // The names in a tenant may be anything, and a control character could rewrite what the terminal shows.
  const print = (line: string): void => write(withoutHidden(line))
  const config = loadConfig(env)
  const desired = desiredState(tools, server, config, textOf(env, 'AUTH0_CLIENT_ID'), command.requested)
  if (command.action === 'export') {
    // An existing file may have been edited.
    const present = command.files.find(([, file]) => existsSync(file))?.[1]
    if (present !== undefined) throw new Error(`${present} exists, and somebody may have edited it. Move it away, or name another file with --output`)
    for (const [format, file] of command.files) writeFileSync(file, format === 'terraform' ? terraform(desired) : deployCli(desired), { flag: 'wx' })
    print(command.files.map(([, file]) => `Wrote ${file}.`).join('\n'))
    return 0
  }

  const access = accessOf(env, config.issuers[0] as string)
  print(`Tenant  ${access.domain} (by ${access.by})\nAPI     ${desired.identifier}\n`)
  const tenant = createManagement(await access.connect(), pause)
  const { changes, notices } = await plan(tenant, desired)
  for (const line of planLines(changes, notices)) print(line)

  if (changes.length === 0) return 0
  const count = changes.length === 1 ? '1 change' : `${changes.length} changes`
  if (command.action === 'plan') {
    print(`${count}. Nothing was changed. To make ${changes.length === 1 ? 'it' : 'them'}: npm run tenant -- apply${command.repeat}`)
    return 0
  }
  if (!command.isConfirmed && !await confirm(`Make ${count} in ${access.domain}? [y/N] `)) {
    print('Nothing was changed.')
    return 1
  }
  await makeChanges(changes, print)
  return 0
}
