import type { Interaction, InteractionResults, Provider } from 'oidc-provider'
import { bodyOf } from '../body.ts'
import { pageHeaders } from './html.ts'
import type { Api } from './api.ts'
import { allow, consentRequest } from './consent.ts'
import { consentPage, errorPage, loginPage } from './pages.ts'
import { isThirdParty } from './tenant.ts'
import { signIn } from './users.ts'

type Middleware = Parameters<Provider['use']>[0]

/** The pages between `/authorize` and the client: `/u/login/<id>` and `/u/consent/<id>`. */
export function interactions (provider: Provider, api: Api): Middleware {
  return async function interact (ctx, next) {
    if (!ctx.path.startsWith('/u/')) return next()

    ctx.set(pageHeaders)
    const interaction = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined)
    if (interaction === undefined) {
      ctx.status = 400
      ctx.body = errorPage('invalid_request', 'This sign-in has ended, or was begun in another browser. Start again from the client.')
      return
    }
    if (interaction.prompt.name === 'login' && !api.tenant.domainConnection && isThirdParty(String(interaction.params.client_id))) {
      ctx.status = 400
      ctx.body = errorPage('invalid_request', 'no connections enabled for the client')
      return
    }
    if (ctx.method !== 'POST') {
      ctx.body = await ask(interaction, 'switch' in ctx.query)
      return
    }

    const form = new URLSearchParams(await bodyOf(ctx.req))
    const result = await resultOf(interaction, form)
    if (result === undefined) {
      ctx.status = 400
      ctx.body = loginPage({ hint: form.get('username'), failed: true })
      return
    }
    ctx.status = 303
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result))
  }

  async function ask (interaction: Interaction, switching: boolean): Promise<string> {
    return interaction.prompt.name === 'consent' && !switching
      ? consentPage(await consentRequest(provider, api, interaction))
      : loginPage({ hint: interaction.params.login_hint, failed: false })
  }

  async function resultOf (interaction: Interaction, form: URLSearchParams): Promise<InteractionResults | undefined> {
    if (interaction.prompt.name === 'consent' && form.has('answer')) {
      return form.get('answer') === 'allow'
        ? { consent: { grantId: await allow(provider, api, interaction) } }
        : { error: 'access_denied', error_description: 'User did not authorize the request' }
    }
    const user = signIn(form.get('username'), form.get('password'))
    return user && { login: { accountId: user.id } }
  }
}
