import { setTimeout as wait } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import { defineTool, ToolError, type Content, type Tool } from '../../../mcp/tool.ts'

// The smallest valid image and sound.
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA='

const nothing = Type.Object({})
const image: Content = { type: 'image', data: PNG, mimeType: 'image/png' }

function shows (name: string, ...content: readonly Content[]): Tool {
  return defineTool({ name, title: name, description: 'Gives fixed content.', scopes: ['test:content'], input: nothing, handler: () => content })
}

/** Tools that answer with each kind of content, with the names that the conformance suite expects. */
export const contentTools: readonly Tool[] = [
  shows('test_simple_text', { type: 'text', text: 'This is a simple text response for testing.' }),
  shows('test_image_content', image),
  shows('test_audio_content', { type: 'audio', data: WAV, mimeType: 'audio/wav' }),
  shows('test_embedded_resource', { type: 'resource', resource: { uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'This is an embedded resource content.' } }),
  shows('test_multiple_content_types',
    { type: 'text', text: 'Multiple content types test:' },
    image,
    { type: 'resource', resource: { uri: 'test://mixed-content-resource', mimeType: 'application/json', text: '{"test":"data","value":123}' } }),
  shows('test_logging_tool', { type: 'text', text: 'Nothing was logged to you.' }),

  defineTool({
    name: 'test_error_handling',
    title: 'Error',
    description: 'Fails in a way that a model is told of.',
    scopes: ['test:content'],
    input: nothing,
    handler () { throw new ToolError('This tool intentionally returns an error for testing') }
  }),

  defineTool({
    name: 'test_tool_with_progress',
    title: 'Progress',
    description: 'Tells three times how far it is.',
    scopes: ['test:content'],
    input: nothing,
    async handler (_input, { progress, signal }) {
      for (const done of [0, 50, 100]) {
        progress(done, 100)
        await wait(10, undefined, { signal })
      }
      return [{ type: 'text', text: 'Done.' }]
    }
  }),

  defineTool({
    name: 'test_x_mcp_header',
    title: 'Header',
    description: 'Takes a parameter that is mirrored into a header.',
    scopes: ['test:content'],
    input: Type.Object({ region: Type.String({ 'x-mcp-header': 'Region' }) }),
    output: Type.Object({ region: Type.String() }),
    handler: ({ region }) => ({ region })
  }),

  defineTool({
    name: 'json_schema_2020_12_tool',
    title: 'JSON Schema 2020-12',
    description: 'Has an input schema that only 2020-12 understands.',
    scopes: ['test:content'],
    input: Type.Unsafe<object>({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } }
      },
      properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' }
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false
    }),
    handler: () => []
  })
]
