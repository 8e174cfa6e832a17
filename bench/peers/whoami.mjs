import { z } from 'zod'

/** What the tool's arguments and its answer look like, made once and shared by every call. */
export const inputSchema = z.object({})

export const outputSchema = z.object({
  subject: z.string(),
  clientId: z.string(),
  issuer: z.string(),
  audience: z.array(z.string()),
  scopes: z.array(z.string()),
  permissions: z.array(z.string()),
  kind: z.enum(['user', 'machine', 'agent']),
  issuedAt: z.string(),
  expiresAt: z.string(),
  expiresIn: z.number()
})

export const name = 'whoami'

export const title = 'Who am I'

export const description = 'Tells whose token this is and what it may do.'

/** The tool itself, from the `AuthInfo` that `verifyAccessToken` gives: structured, and as text. */
export function whoami ({ clientId, scopes, extra }) {
  const answer = {
    subject: extra.sub,
    clientId,
    issuer: extra.iss,
    audience: [extra.aud].flat(),
    scopes,
    permissions: extra.permissions ?? [],
    kind: extra.sub.endsWith('@clients') ? 'machine' : 'user',
    issuedAt: new Date(extra.iat * 1000).toISOString(),
    expiresAt: new Date(extra.exp * 1000).toISOString(),
    expiresIn: Math.round(extra.exp - Date.now() / 1000)
  }

  return { structuredContent: answer, content: [{ type: 'text', text: JSON.stringify(answer) }] }
}
