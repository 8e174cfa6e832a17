import { isLoopback } from './loopback.ts'
import { Expected } from './settings.ts'
import { bareUrl } from './url-readers.ts'

// Paths that Auth0 and other issuers serve. People copy them from a dashboard or from a discovery document.
const ENDPOINT = /\/(?:\.well-known|(?:(?:oauth2?|oidc|connect|protocol\/openid-connect|v\d)\/)?(?:authorize|token|revoke|introspect|userinfo|tokeninfo|jwks|keys|certs|register|device|callback|log(?:in|out)|end_?session|par|continue)(?:\.json|(?=\/|$))|(?:oauth|oidc|u|mfa|co|passwordless|dbconnections|samlp|wsfed|dashboard|api\/v\d)(?=\/|$)).*$/i
// Hosts of Auth0 that are not tenants, such as the dashboard.
const NO_TENANT = /^(?:(?:manage|www|community|support|dashboard|accounts)\.)?auth0\.com$/

/** `tenant.eu.auth0.com` or an issuer URL, to the issuer as Auth0 writes it: with a slash at the end. */
export function issuer (text: string): string | Expected {
  const hasScheme = /^[a-z][a-z\d+.-]*:\/?\/?(?!\d)/i.test(text)
  const url = bareUrl(hasScheme ? text : `https://${text}`)
  if (url instanceof Expected) return new Expected(`a tenant's domain or an issuer URL: ${url.what}`)
  const { hostname, host, pathname } = url
  if (NO_TENANT.test(hostname)) return new Expected('the domain of your tenant, such as "tenant.eu.auth0.com"')
  if (hostname.endsWith('.')) return new Expected(`a domain without a dot at the end, "${host.replace(/\.(?=:|$)/, '')}"`)
  if (!hasScheme && !hostname.includes('.') && !isLoopback(hostname) && url.port === '') return new Expected('the whole domain, such as "tenant.eu.auth0.com"')

  const path = hostname.endsWith('.auth0.com') ? '' : pathname.replace(ENDPOINT, '').replace(/\/+$/, '')
  if (path !== pathname.replace(/\/+$/, '')) {
    const domain = url.protocol === 'https:' && path === '' ? host : `${url.origin}${path}/`
    return new Expected(`the domain without a path, ${JSON.stringify(domain)}`)
  }
  return `${url.origin}${path}/`
}
