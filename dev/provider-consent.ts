import type { Grant, Interaction, Provider } from 'oidc-provider'
import type { Api } from './provider-api.ts'
import { issuerScopes, NO_SCOPE, permissionsOf, words } from './provider-api.ts'
import type { ConsentRequest } from './provider-pages.ts'
import { findUser } from './provider-users.ts'

/** What the issuer's own scopes let a client have. */
const meanings: Readonly<Record<string, string>> = {
  openid: 'who you are',
  profile: 'your name',
  email: 'your e-mail address',
  offline_access: 'access while you are away'
}

/** What is to be shown to the user of whom a client asks something. */
export async function consentRequest (provider: Provider, api: Api, interaction: Interaction): Promise<ConsentRequest> {
  const { client_id: id, redirect_uri: redirectUri, resource, scope } = interaction.params
  const userId = userOf(interaction)
  const client = await provider.Client.find(String(id))
  const grant = await grantOf(provider, interaction)
  const granted = [...words(grant.getOIDCScope()), ...words(grant.getResourceScope(api.resource))]
  const permissions = permissionsOf(userId, api.scopes)

  return {
    client: { id: String(id), name: client?.clientName ?? String(id) },
    redirectUri: String(redirectUri),
    resource: resource === undefined ? undefined : api.resource,
    user: findUser(userId).email,
    scopes: words(scope)
      .filter(name => issuerScopes.includes(name) || api.scopes.includes(name))
      .map(name => ({ name, note: noteOn(name) }))
  }

  function noteOn (name: string): string {
    if (api.scopes.includes(name) && !permissions.includes(name)) return 'not permitted to this user: the token will lack it'
    return [meanings[name], granted.includes(name) && 'allowed before'].filter(Boolean).join(', ')
  }
}

/** Notes down that the user allows what is asked for, on top of what was allowed before; gives the id of the note. */
export async function allow (provider: Provider, api: Api, interaction: Interaction): Promise<string> {
  const asked = words(interaction.params.scope)
  const grant = await grantOf(provider, interaction)

  grant.addOIDCScope(asked.filter(scope => issuerScopes.includes(scope)))
  if (interaction.params.resource !== undefined) {
    grant.addResourceScope(api.resource, asked.filter(scope => api.scopes.includes(scope) || scope === NO_SCOPE))
  }
  return grant.save()
}

async function grantOf (provider: Provider, interaction: Interaction): Promise<Grant> {
  const { grantId, params } = interaction
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  return known ?? new provider.Grant({ clientId: String(params.client_id), accountId: userOf(interaction) })
}

// Who is asked for consent has signed in.
function userOf ({ session }: Interaction): string {
  return session?.accountId as string
}
