import { runTenant } from '../../cli/tenant/run.ts'
import { readCommand, type TenantCommand } from '../../cli/tenant/command-line.ts'
import { emptyTenant, type TenantState } from '../../dev/management/state.ts'
import { startManagement, type ManagementApi, type ManagementOptions } from '../../dev/management/index.ts'
import type { Tool } from '../../mcp/tool.ts'
import whoami from '../../tools/whoami.ts'
import type { Test } from './build.ts'

/** The MCP_RESOURCE_URL of the server. */
export const RESOURCE = 'https://mcp.example.com/mcp'
/** The metadata document of a client. */
export const DOCUMENT = 'https://client.example.com/mcp.json'
/** The line of a plan without changes. */
export const NOTHING = /^The tenant has everything that the tools need\. Nothing to change\.$/m
/** A request that changes the tenant. */
export const WRITE = /^(?:POST|PATCH|PUT|DELETE) /

/** A tenant, and the command that changes it. */
export interface TenantSetup {
  readonly api: ManagementApi
  readonly env: Record<string, string>
  /** Runs `npm run tenant` in this process. The answer to its question is yes, unless `answer` says no. */
  run (args: string, answer?: boolean): Promise<{ readonly code: number, readonly output: string }>
  /** How long the command waited for the rate limit, in milliseconds. */
  readonly pauses: number[]
}

/** Starts a stand-in for the Management API. Its clock moves on when the command waits. */
export async function setUpTenant (t: Test, { tools = [whoami], ...options }: Omit<ManagementOptions, 'now'> & { readonly tools?: readonly Tool[] } = {}): Promise<TenantSetup> {
  let now = Date.now()
  const api = await startManagement({ ...options, now: () => now })
  t.teardown(() => api.close())
  const env = { AUTH0_DOMAIN: api.url, MCP_RESOURCE_URL: RESOURCE, AUTH0_MGMT_TOKEN: api.token }
  const pauses: number[] = []
  return {
    api,
    env,
    pauses,
    async run (args, answer = true) {
      const lines: string[] = []
      const code = await runTenant(readCommand(args.split(' ').filter(Boolean)) as TenantCommand, env, { print: line => { lines.push(line) }, confirm: async () => answer }, async ms => {
        pauses.push(ms)
        now += ms
      }, tools)
      return { code, output: lines.join('\n') }
    }
  }
}

/** A tenant that can import DOCUMENT. */
export function tenantWithDocument (): TenantState {
  const state = emptyTenant()
  state.documents.set(DOCUMENT, { client_name: 'Client', redirect_uris: ['https://client.example.com/callback'] })
  return state
}
