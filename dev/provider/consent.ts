import type { Grant, Interaction, Provider } from 'oidc-provider'
import { ISSUER_SCOPES, NO_SCOPE, permissionsOf, words, type Api } from './api.ts'
import type { ConsentRequest } from './pages.ts'
import { findUser } from './users.ts'

/** Describes the scopes of the issuer itself. */
const meanings: Readonly<Record<string, string>> = {
  openid: 'who you are',
  profile: 'your name',
  email: 'your e-mail address',
  offline_access: 'access while you are away'
}

/** What the consent page shows to the user. */
export async function consentRequest (provider: Provider, api: Api, interaction: Interaction): Promise<ConsentRequest> {
  const { client_id: id, redirect_uri: redirectUri, resource, scope } = interaction.params
  const userId = userOf(interaction)
  const client = await provider.Client.find(String(id))
  const grant = await grantOf(provider, interaction)
  const granted = [...words(grant.getOIDCScope()), ...words(grant.getResourceScope(String(resource)))]
  const permissions = permissionsOf(userId, api.scopes)

  return {
    client: { id: String(id), name: client?.clientName ?? String(id) },
    redirectUri: String(redirectUri),
    resource: resource === undefined ? undefined : String(resource),
    user: findUser(userId).email,
    scopes: words(scope)
      .filter(name => ISSUER_SCOPES.includes(name) || api.scopes.includes(name))
      .map(name => ({ name, note: noteOn(name) }))
  }

  function noteOn (name: string): string {
    if (api.scopes.includes(name) && !permissions.includes(name)) return 'not permitted to this user: the token will lack it'
    return [meanings[name], granted.includes(name) && 'allowed before'].filter(Boolean).join(', ')
  }
}

/** Stores that the user allows the request, in addition to earlier consents. Returns the id of the grant. */
export async function allow (provider: Provider, api: Api, interaction: Interaction): Promise<string> {
  const asked = words(interaction.params.scope)
  const grant = await grantOf(provider, interaction)

  grant.addOIDCScope(asked.filter(scope => ISSUER_SCOPES.includes(scope) || scope === NO_SCOPE))
  if (interaction.params.resource !== undefined) {
    grant.addResourceScope(String(interaction.params.resource), asked.filter(scope => api.scopes.includes(scope) || scope === NO_SCOPE))
  }
  return grant.save()
}

async function grantOf (provider: Provider, interaction: Interaction): Promise<Grant> {
  const { grantId, params } = interaction
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  return known ?? new provider.Grant({ clientId: String(params.client_id), accountId: userOf(interaction) })
}

// The user has signed in before the consent page is shown.
function userOf ({ session }: Interaction): string {
  return session?.accountId as string
}
