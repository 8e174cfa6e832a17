import { Type } from '@sinclair/typebox'
import { defineTool } from '../mcp/tool.ts'

const Strings = Type.Array(Type.String())

export default defineTool({
  name: 'whoami',
  title: 'Who am I',
  description: 'Tells whose access token this is, which application got it, and what it permits.',
  scopes: ['tool:whoami'],
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },

  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({
    subject: Type.String({ description: 'The user, or the application itself' }),
    clientId: Type.String({ description: 'The application that got the token' }),
    kind: Type.Union([Type.Literal('user'), Type.Literal('machine'), Type.Literal('agent')]),
    actor: Type.Optional(Type.String({ description: 'Who acts for the subject' })),
    organization: Type.Optional(Type.Object({ id: Type.String(), name: Type.Optional(Type.String()) })),
    issuer: Type.String(),
    audience: Strings,
    scopes: Strings,
    permissions: Strings,
    issuedAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time' }),
    expiresIn: Type.Integer({ description: 'Seconds left' })
  }),

  handler (_input, { caller, now }) {
    const { subject, clientId, kind, actor, organization, issuer, audience, scopes, permissions, issuedAt, expiresAt } = caller
    return {
      subject,
      clientId,
      kind,
      ...(actor !== undefined && { actor }),
      ...(organization !== undefined && { organization }),
      issuer,
      audience: [...audience],
      scopes: [...scopes],
      permissions: [...permissions],
      issuedAt: new Date(issuedAt * 1000).toISOString(),
      expiresAt: new Date(expiresAt * 1000).toISOString(),
      expiresIn: Math.floor(expiresAt - now / 1000)
    }
  }
})
