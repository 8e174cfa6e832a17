import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import { nearNames } from './near-names.ts'
import type { Env } from './settings.ts'
import { startWarnings } from './start-warnings.ts'

/** Logs that the server is ready: for whom, and with which settings that weaken it. */
export function reportStart (log: FastifyBaseLogger, config: Config, env: Env): void {
  const { resourceUrl, issuers, access: { allowedClients = 'any', requiredOrg = 'any', allowMachines } } = config
  const warnings = startWarnings(log)
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    warnings.warn('NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked, so anybody on the network can replace the signing keys. Unset it; NODE_EXTRA_CA_CERTS adds a certificate authority of your own')
  }
  for (const { found, meant } of nearNames(env)) warnings.warn(`${found} is no setting and has no effect. Write ${meant}, or remove it`)
  for (const name of organizationNames(config)) warnings.warn(`REQUIRED_ORG has ${name}, which is no ID of an organization and admits nobody. Tokens hold the ID, such as org_AbC123, not the name`)
  log.info({ resourceUrl, issuers, access: { allowedClients, requiredOrg, allowM2m: allowMachines } }, 'MCP server is ready for connections')
}

/** What Auth0 never writes as `org_id`. */
function organizationNames ({ access: { requiredOrg = [] } }: Config): readonly string[] {
  return requiredOrg.filter(id => !id.startsWith('org_'))
}
