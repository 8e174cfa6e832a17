import { Type } from '@sinclair/typebox'
import { defineTool, type Context } from '../mcp/tool.ts'

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
    const { subject, clientId, kind, actor, organization, issuer, audience, scopes, permissions, expiresAt } = caller
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
      ...written(caller),
      expiresIn: Math.floor(expiresAt - now / 1000)
    }
  }
})

type Caller = Context['caller']
type Times = Readonly<Record<'issuedAt' | 'expiresAt', string>>

const times = new WeakMap<Caller, Times>()

/** The times of a token, in ISO 8601. To write a date takes longer than all else here, and the token comes again. */
function written (caller: Caller): Times {
  const known = times.get(caller)
  if (known !== undefined) return known

  const written = { issuedAt: iso8601(caller.issuedAt), expiresAt: iso8601(caller.expiresAt) }
  times.set(caller, written)
  return written
}

function iso8601 (seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
