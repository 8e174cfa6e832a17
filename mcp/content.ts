const TEXT = { type: 'string' }

/** JSON Schema of what a tool without `output` gives: content blocks (schema, `ContentBlock`). */
export const CONTENT = {
  type: 'array',
  items: {
    type: 'object',
    required: ['type'],
    oneOf: [
      { properties: { type: { const: 'text' }, text: TEXT }, required: ['text'] },
      { properties: { type: { enum: ['image', 'audio'] }, data: TEXT, mimeType: TEXT }, required: ['data', 'mimeType'] },
      { properties: { type: { const: 'resource_link' }, uri: TEXT, name: TEXT }, required: ['uri', 'name'] },
      {
        properties: {
          type: { const: 'resource' },
          resource: {
            type: 'object',
            properties: { uri: TEXT, text: TEXT, blob: TEXT, mimeType: TEXT },
            required: ['uri'],
            anyOf: [{ required: ['text'] }, { required: ['blob'] }]
          }
        },
        required: ['resource']
      }
    ]
  }
} as const
