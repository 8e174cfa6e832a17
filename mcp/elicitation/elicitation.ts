import type { Caller } from '../../auth/caller.ts'
import type { Approvals } from './confirm.ts'
import { createSealer, MIN_SECRET_LENGTH, type Sealer } from './seal.ts'

/** The user who signed in on the page, from a verified ID token: `iss` and `sub`. */
export interface SignedIn {
  readonly issuer: string
  readonly subject: string
}

/** The verdict on a link: whether the user who signed in is the caller, and which tool asked. */
export type Checked =
  | { readonly ok: true, readonly tool: string, readonly clientId: string, readonly organization?: string }
  | { readonly ok: false, readonly reason: 'invalid' | 'expired' | 'other_user' | 'used' | 'unavailable' }

/** The checks of a link, for the server of the page. */
export interface Elicitations {
  /** Tells whether to show the page to this user. The link stays valid. */
  check (token: unknown, user: SignedIn): Checked
  /** The same, and uses the link up. Call it before anything that the user enters is kept. */
  use (token: unknown, user: SignedIn): Promise<Checked>
}

/** The secret and the store of the server of the page. */
export interface ElicitationOptions {
  /** STATE_SECRET of the MCP server, with or without blanks around it. */
  readonly secret: string
  /**
   * Remembers used links for at least ten minutes: `createSpent()` of limits/spent.ts, or a store that all processes of
   * the page share.
   */
  readonly spent: Approvals
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number
}

/** The parameter of the link that names the caller. */
const PARAMETER = 'elicitation'
// A requestState is bound to a JSON array, so neither passes for the other.
const BINDING = 'elicitation link'

interface Asked extends SignedIn {
  readonly clientId: string
  readonly organization: string | undefined
  readonly tool: string
  readonly until: number
}

/** A link that only its caller can use. Its parameter is encrypted: a client can neither read nor change it. */
export function boundLink (link: string, { caller, tool, until }: { readonly caller: Caller, readonly tool: string, readonly until: number }, sealer: Sealer): string {
  const { issuer, subject, clientId, organization } = caller
  const asked: Asked = { issuer, subject, clientId, organization: organization?.id, tool, until }
  const url = new URL(link)
  url.searchParams.set(PARAMETER, sealer.seal(JSON.stringify(asked), BINDING))
  return url.href
}

/**
 * For the server of a page that `elicitUrl` opens. A caller can send its link to somebody else, so the page signs its
 * user in at the same issuer and compares (client/elicitation, "Phishing").
 * @throws Error if the secret is missing or too short, since anybody could then make valid links
 */
export function createElicitations ({ secret, spent, now = Date.now }: ElicitationOptions): Elicitations {
  const sealer = createSealer(checkedSecret(secret))

  function check (token: unknown, user: SignedIn): Checked {
    const text = typeof token === 'string' ? sealer.open(token, BINDING) : undefined
    if (text === undefined) return { ok: false, reason: 'invalid' }
    const { issuer, subject, tool, clientId, organization, until } = JSON.parse(text) as Asked
    if (now() > until) return { ok: false, reason: 'expired' }
    if (issuer !== user.issuer || subject !== user.subject) return { ok: false, reason: 'other_user' }
    return { ok: true, tool, clientId, ...(organization !== undefined && { organization }) }
  }

  return {
    check,
    async use (token, user) {
      const checked = check(token, user)
      // Another user must not be able to use the link up.
      if (!checked.ok) return checked
      const isFirst = await spent.spend(token as string, now())
      if (isFirst === undefined) return { ok: false, reason: 'unavailable' }
      return isFirst ? checked : { ok: false, reason: 'used' }
    }
  }
}

// A variable that is not set arrives as undefined, whatever its type says.
function checkedSecret (secret: string | undefined): string {
  const text = secret?.trim() ?? ''
  if (text.length < MIN_SECRET_LENGTH) throw new Error(`expected secret to be the STATE_SECRET of the MCP server, found ${text.length} characters`)
  return text
}
