import type { AllowList } from '../http/allow-list.ts'
import type { MetricsAddress } from '../metrics/listener.ts'
import { isLoopback } from './loopback.ts'
import { integer, list, orOff } from './readers.ts'
import type { SettingsReader } from './settings.ts'
import { hostHeader, listenHost, origin, resource } from './url-readers.ts'

/** Where the server listens, and the names that it answers to. */
export interface Addresses {
  /** The public URL of the MCP endpoint: the `resource` of RFC 9728, byte for byte. */
  readonly resourceUrl: string
  readonly host: string
  readonly port: number
  readonly allowedHosts: AllowList
  readonly allowedOrigins: AllowList
  /** The listener of the metrics; undefined: none. */
  readonly metrics: MetricsAddress | undefined
}

/** Reads the addresses together, since the default of one follows from others. */
export function readAddresses ({ isSet, read, report }: SettingsReader): Addresses {
  const host = read('HOST', listenHost, '127.0.0.1')
  const port = read('PORT', integer(1, 65535), 3000)
  const isLocal = isLoopback(host)

  const resourceUrl = read('MCP_RESOURCE_URL', resource, isLocal ? `http://localhost:${port}/mcp` : '')
  if (!isLocal && !isSet('MCP_RESOURCE_URL')) {
    report(`MCP_RESOURCE_URL: not set, expected the public URL of the MCP endpoint, since HOST is not a loopback address (${JSON.stringify(host)})`)
  }
  const url = URL.canParse(resourceUrl) ? new URL(resourceUrl) : undefined
  // Behind a proxy HOST is a loopback address too, so the public URL has to be one as well.
  const isLocalOnly = isLocal && url !== undefined && isLoopback(url.hostname)

  const metricsPort = read<number | undefined>('METRICS_PORT', orOff(integer(1, 65535)), undefined)
  const metricsHost = read('METRICS_HOST', listenHost, '127.0.0.1')
  if (metricsPort === port) report(`METRICS_PORT: found "${port}", expected another port than PORT`)

  return {
    resourceUrl,
    host,
    port,
    allowedHosts: {
      exact: read('ALLOWED_HOSTS', list(hostHeader), url ? [url.host] : []),
      loopback: isLocalOnly && !isSet('ALLOWED_HOSTS')
    },
    allowedOrigins: {
      exact: read('ALLOWED_ORIGINS', list(origin), url ? [url.origin] : []),
      loopback: isLocalOnly && !isSet('ALLOWED_ORIGINS')
    },
    metrics: metricsPort === undefined ? undefined : { host: metricsHost, port: metricsPort }
  }
}
