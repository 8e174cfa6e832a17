import { createInterface } from 'node:readline/promises'
import { loadEnv } from '../process/env.ts'
import { refuseLostOptions } from '../process/npm-options.ts'
import { HELP, readCommand, type TenantCommand } from './tenant/command-line.ts'
import { runTenant } from './tenant/run.ts'

// `npm run tenant`: plan, apply or export what the tools need of the Auth0 tenant.
const command = commandOf(process.argv.slice(2))
try {
  if (command === undefined) console.log(HELP)
  else process.exitCode = await runTenant(command, loadEnv(), { print: line => console.log(line), confirm })
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

function commandOf (args: string[]): TenantCommand | undefined {
  try {
    refuseLostOptions('tenant', ['client', 'dcr', 'user', 'connection', 'output', 'terraform', 'deploy-cli'])
    return readCommand(args)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}

async function confirm (question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  // The end of the input is a no.
  const ended = new Promise<string>(resolve => terminal.once('close', () => resolve('')))
  const answer = await Promise.race([terminal.question(question), ended])
  terminal.close()
  return /^y(?:es)?$/i.test(answer.trim())
}
