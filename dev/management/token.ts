/** The application that may manage the tenant. */
export interface ManagementClient {
  readonly clientId: string
  readonly clientSecret: string
  /** The token that it gets. */
  readonly token: string
}

/** The answer of the token endpoint to client credentials, as status and body. */
export function issueToken (client: ManagementClient, audience: string, form: URLSearchParams): [status: number, document: object] {
  if (form.get('client_id') !== client.clientId || form.get('client_secret') !== client.clientSecret) return [401, { error: 'access_denied', error_description: 'Unauthorized' }]
  if (form.get('audience') !== audience) return [403, { error: 'access_denied', error_description: `Service not enabled within domain: ${form.get('audience')}` }]
  return [200, { access_token: client.token, token_type: 'Bearer', expires_in: 86_400 }]
}
