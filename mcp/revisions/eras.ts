import { MAX_ECHO, RpcError } from '../errors.ts'
import type { Era } from '../exchange.ts'
import { ASSUMED_VERSION, LEGACY_VERSIONS, legacyEra, type LegacyVersion } from './legacy.ts'
import { isObject, META, type Message, type ServerInfo } from '../message.ts'
import type { Headers } from './mirrored-headers.ts'
import { MODERN_VERSION, modernEra, type ModernOptions } from './modern.ts'
import type { Registry } from '../registry.ts'

/**
 * Finds the revision of a message. The header and the body must name the same one. `initialize` negotiates one; any
 * other message that names none has ASSUMED_VERSION.
 * @throws RpcError if header and body differ, or if this server does not speak the revision
 */
export type EraFinder = (headers: Headers, message: Message) => Era

/** Prepares every revision that this server speaks. */
export function eraFinder (registry: Registry, serverInfo: ServerInfo, options: ModernOptions): EraFinder {
  const versions = [MODERN_VERSION, ...LEGACY_VERSIONS]
  const eras = new Map<unknown, Era>([
    [MODERN_VERSION, modernEra(registry, serverInfo, versions, options)],
    ...LEGACY_VERSIONS.map(version => [version, legacyEra(version, registry, serverInfo, options)] as const)
  ])

  return (headers, message) => {
    const header = headers['mcp-protocol-version']
    const stated = statedVersion(message)
    if (message.method === 'initialize' && stated === undefined && header !== MODERN_VERSION) return initialEra(message)

    if (stated !== undefined && header !== undefined && stated !== header) {
      throw new RpcError('headerMismatch', 'Header mismatch: the mcp-protocol-version header does not match the body', { status: 400 })
    }
    const version = header ?? stated ?? ASSUMED_VERSION
    const era = eras.get(version)
    if (era !== undefined) return era
    throw new RpcError('unsupportedVersion', 'Unsupported protocol version', { data: { supported: versions, requested: version.slice(0, MAX_ECHO) }, status: 400 })
  }

  function initialEra ({ params }: Message): Era {
    const requested = params?.['protocolVersion']
    const version = LEGACY_VERSIONS.includes(requested as LegacyVersion) ? requested : LEGACY_VERSIONS[0]
    return eras.get(version) as Era
  }
}

/** The revision that a message states in `_meta`. */
function statedVersion ({ params }: Message): string | undefined {
  const meta = params?.['_meta']
  const version = isObject(meta) ? meta[META.version] : undefined
  return typeof version === 'string' ? version : undefined
}
