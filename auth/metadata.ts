/** The protected resource metadata document (RFC 9728 §2). */
export interface ResourceMetadata {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  /** Absent without tools: no list may be empty (RFC 9728 §3.2). */
  readonly scopes_supported?: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly resource_name: string
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/** The URL of a resource's metadata: the well-known path, inserted before the resource's own path (RFC 9728 §3.1). */
export function metadataUrl (resourceUrl: string): string {
  const { origin, pathname } = new URL(resourceUrl)
  return origin + WELL_KNOWN + (pathname === '/' ? '' : pathname)
}

/**
 * The paths that serve the document: the one in challenges, that of the endpoint `/mcp`, and the bare one, which clients
 * try last.
 */
export function metadataPaths (resourceUrl: string): readonly string[] {
  return [...new Set([new URL(metadataUrl(resourceUrl)).pathname, `${WELL_KNOWN}/mcp`, WELL_KNOWN])]
}

/**
 * The document of a resource (RFC 9728 §2).
 * @param issuers authorization servers exactly as they call themselves: Auth0 with its trailing slash, because clients
 * compare byte for byte
 */
export function resourceMetadata (resourceUrl: string, issuers: readonly string[], scopes: readonly string[], name: string): ResourceMetadata {
  return {
    resource: resourceUrl,
    authorization_servers: issuers,
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
    resource_name: name
  }
}
