import { Type } from '@sinclair/typebox'
import { defineTool } from '../mcp/tool.ts'

const Strings = Type.Array(Type.String())

export default defineTool({
  name: 'whoami',
  title: 'Who am I',
  description: 'Tells whose access token this is, which application got it, and what it permits.',
  scopes: ['tool:whoami'],
  baseline: true,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },

  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({
    subject: Type.String({ description: 'The user, or the application itself' }),
    clientId: Type.String({ description: 'The application that got the token' }),
    kind: Type.Union([Type.Literal('user'), Type.Literal('machine'), Type.Literal('agent')]),
    actor: Type.Optional(Type.String({ description: 'Who acts for the subject' })),
    actors: Type.Optional(Type.Array(Type.String(), { description: 'All who act for the subject, the present one first' })),
    autonomous: Type.Optional(Type.Boolean({ description: 'Whether this machine is an AI agent that acts for itself' })),
    clientProfile: Type.Optional(Type.Array(Type.String(), { description: 'What the application is' })),
    organization: Type.Optional(Type.Object({ id: Type.String(), name: Type.Optional(Type.String()) })),
    issuer: Type.String(),
    audience: Strings,
    scopes: Strings,
    permissions: Strings,
    issuedAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time' }),
    expiresIn: Type.Integer({ description: 'Seconds left' }),
    authenticatedAt: Type.Optional(Type.String({ format: 'date-time', description: 'When the user logged in' })),
    acr: Type.Optional(Type.String({ description: 'How the user logged in' })),
    claims: Type.Optional(Type.Object({}, { additionalProperties: true, description: 'Other claims, by name' }))
  }),

  handler (_input, { caller, now }) {
    const { subject, clientId, kind, actor, actors, clientProfile, organization, issuer, audience, scopes, permissions } = caller
    const { issuedAt, expiresAt, authenticatedAt, acr, claims } = caller
    return {
      subject,
      clientId,
      // The first version of this schema had three kinds, and clients may have cached it.
      kind: kind === 'autonomous' ? 'machine' : kind,
      ...(actor !== undefined && { actor }),
      ...(organization !== undefined && { organization }),
      issuer,
      audience: [...audience],
      scopes: [...scopes],
      permissions: [...permissions],
      issuedAt: iso8601(issuedAt),
      expiresAt: iso8601(expiresAt),
      ...(kind === 'autonomous' && { autonomous: true }),
      ...(actors !== undefined && { actors: [...actors] }),
      ...(clientProfile !== undefined && { clientProfile: [...clientProfile] }),
      ...(authenticatedAt !== undefined && { authenticatedAt: iso8601(authenticatedAt) }),
      ...(acr !== undefined && { acr }),
      ...(Object.keys(claims).length > 0 && { claims }),
      expiresIn: Math.floor(expiresAt - now / 1000)
    }
  }
})

/** Texts of dates, by seconds. To make one takes longer than the rest of the handler, and many tokens have the same dates. */
const dates = new Map<number, string>()
const MAX_DATES = 1000

function iso8601 (seconds: number): string {
  const known = dates.get(seconds)
  if (known !== undefined) return known
  const text = new Date(seconds * 1000).toISOString()
  if (dates.size === MAX_DATES) dates.clear()
  dates.set(seconds, text)
  return text
}
