// These paths hold what the package's entry exports again.
declare module 'oidc-provider/lib/provider.js' {
  export { Provider } from 'oidc-provider'
}

declare module 'oidc-provider/lib/helpers/errors.js' {
  import type { errors } from 'oidc-provider'

  export const AccessDenied: typeof errors.AccessDenied
  export const InvalidRequest: typeof errors.InvalidRequest
  export const UnauthorizedClient: typeof errors.UnauthorizedClient
}

declare module 'oidc-provider/lib/helpers/interaction_policy/index.js' {
  import type { interactionPolicy } from 'oidc-provider'

  export const base: typeof interactionPolicy.base
}
