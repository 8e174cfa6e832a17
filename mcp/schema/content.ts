import { Type, type Static } from '@sinclair/typebox'

const mimeType = Type.String()
const ResourceContents = {
  uri: Type.String(),
  mimeType: Type.Optional(mimeType)
}

/** A block of unstructured content, as the client receives it (schema, `ContentBlock`). */
export const Content = Type.Union([
  Type.Object({ type: Type.Literal('text'), text: Type.String() }),
  Type.Object({ type: Type.Union([Type.Literal('image'), Type.Literal('audio')]), data: Type.String(), mimeType }),
  Type.Object({
    type: Type.Literal('resource_link'),
    uri: Type.String(),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    mimeType: Type.Optional(mimeType)
  }),
  Type.Object({
    type: Type.Literal('resource'),
    resource: Type.Union([
      Type.Object({ ...ResourceContents, text: Type.String() }),
      Type.Object({ ...ResourceContents, blob: Type.String() })
    ])
  })
])
export type Content = Static<typeof Content>
