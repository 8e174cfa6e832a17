import type { Config } from '../../../config.ts'
import { scopesOf } from '../../../mcp/tool.ts'
import { tools } from '../../../tools/index.ts'
import type { JsonAnswer } from '../../fetch-json.ts'
import { findClient } from '../../tenant/mcp-clients.ts'
import { authorizationUrl, loginPage } from './request.ts'

/** A client whose id is the URL of its metadata document (CIMD), and a loopback callback that its document lists. */
export interface KnownDocument {
  readonly name: string
  readonly url: string
  readonly callback: string
}

/** Clients whose callback has a fixed port. Codex adds a part to it that depends on the server. */
export const DOCUMENTS: readonly KnownDocument[] = [
  { name: 'vscode', callback: 'http://127.0.0.1:33418/' },
  { name: 'claude-code', callback: 'http://localhost:8080/callback' }
].map(client => ({ ...client, url: String(findClient(client.name)?.url) }))

/** The first document that an administrator has imported, so that the issuer shows a login page to its client. */
export async function findDocument (documents: readonly KnownDocument[], { resourceUrl }: Config, metadata: JsonAnswer['document']): Promise<KnownDocument | undefined> {
  const scope = scopesOf(...tools).join(' ')
  for (const document of documents) {
    const params = { client_id: document.url, redirect_uri: document.callback, resource: resourceUrl, scope, state: 'state' }
    if ((await loginPage(authorizationUrl(metadata, params, 'verifier'))).ok) return document
  }
}
