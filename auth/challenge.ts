import { ANSWERS, type AnswerRow } from './reasons.ts'
import type { Refusal } from './refusal.ts'

/** The parameters of every challenge of this server. */
export interface ChallengeOptions {
  /** Absolute URL of the protected resource metadata (RFC 9728 §5.1). */
  readonly resourceMetadata: string
  /** The scopes that a client should ask for when it logs in. */
  readonly scopes: readonly string[]
}

/**
 * Writes `WWW-Authenticate` (RFC 6750 §3): one Bearer challenge, without quotes or backslashes inside the quotes,
 * because clients parse them in different ways. If a new token cannot help, there is no challenge.
 */
export function createChallenge ({ resourceMetadata, scopes }: ChallengeOptions): (refusal: Refusal) => string | undefined {
  const all = scopes.join(' ')
  const known = new Map(Object.values(ANSWERS).map(answer => [answer, write(answer, all)]))

  function write ({ error, description, challenged }: AnswerRow, scope: string): string | undefined {
    if (!challenged) return undefined
    const parameters = {
      ...(error !== undefined && { error, error_description: description }),
      resource_metadata: resourceMetadata,
      // An empty one is not allowed. A server without tools needs none.
      ...(scope !== '' && { scope })
    }
    return 'Bearer ' + Object.entries(parameters).map(([name, value]) => `${name}="${value}"`).join(', ')
  }

  return ({ answer, detail: { scope } }) => scope === undefined ? known.get(answer) : write(answer, scope)
}
