import { outputFaults, secretIn } from '../../support/log-check.ts'
import { nginx, secrets, servers } from './parts.ts'

const MAX_TOLD = 10

/** What is wrong with the logs of the whole drill: of all servers and of nginx. */
export function logFaults (): { readonly faults: string[], readonly lines: number } {
  const outputs = servers.map(({ output }) => output)
  const proxy = nginx.logs().split('\n')
  const faults = [
    ...outputs.flatMap(output => outputFaults(output, secrets)),
    ...proxy.filter(line => secretIn(line, secrets) !== undefined).map(line => `a secret in the log of nginx: ${line}`)
  ]
  return {
    faults: faults.slice(0, MAX_TOLD),
    lines: [...outputs.flatMap(output => output.split('\n')), ...proxy].filter(line => line !== '').length
  }
}
