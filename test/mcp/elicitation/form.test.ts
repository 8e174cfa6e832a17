import { Type } from '@sinclair/typebox'
import t from 'tap'
import { elicit, elicitUrl } from '../../../mcp/tool.ts'

t.test('accepts strings, numbers, booleans and choices in a form', async t => {
  elicit('?', Type.Object({
    text: Type.String({ format: 'email' }),
    number: Type.Number(),
    integer: Type.Integer(),
    truth: Type.Boolean(),
    one: Type.Unsafe<string>({ type: 'string', oneOf: [{ const: 'a', title: 'A' }] }),
    some: Type.Unsafe<string[]>({ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }),
    titled: Type.Unsafe<string[]>({ type: 'array', items: { anyOf: [{ const: 'a', title: 'A' }] } })
  }))
  const { params } = elicit('?', Type.Object({ size: Type.Union([Type.Literal('S'), Type.Literal('M')], { title: 'Size' }), note: Type.Optional(Type.String()) }))
  t.strictSame(params['requestedSchema'], { type: 'object', properties: { size: { type: 'string', enum: ['S', 'M'], title: 'Size' }, note: { type: 'string' } }, required: ['size'] }, 'a choice as clients know it')
  for (const fields of [undefined, {}, Type.String()]) t.throws(() => elicit('?', fields as never), /write elicit\(message, Type\.Object\(\{ … \}\)\)/)
  t.throws(() => elicit('?', Type.Object({ id: Type.String({ format: 'uuid' }) })), /Form field id: forms have no format "uuid", only email, uri, date and date-time/)
  for (const field of [Type.Object({}), Type.Array(Type.String()), Type.Null(), Type.Unsafe({ type: 'array' })]) {
    t.throws(() => elicit('?', Type.Object({ field })), /Form field field: expected/)
  }
  t.throws(() => elicit('?', Type.Object({ field: Type.String({ minLength: -1 }) })), /schema is invalid: data\/properties\/field\/minLength must be >= 0/)
})

t.test('a question is a text, and hides nothing from the user', async t => {
  const fields = Type.Object({ sure: Type.Boolean() })
  const hidden = 'Delete report\u202efdp.exe\u200b?'
  t.match(elicit(hidden, fields), { params: { message: 'Delete reportfdp.exe?' } })
  t.match(elicitUrl({ message: hidden, url: 'https://page.example/' }), { params: { message: 'Delete reportfdp.exe?' } })
  for (const [wrong, found] of [[undefined, 'undefined'], [Promise.reject(new Error('no text')), 'a promise'], [{}, 'object'], ['', 'an empty one'], [' \u200b', 'an empty one']] as const) {
    t.throws(() => elicit(wrong as string, fields), { message: `expected the question to the user to be a text, found ${found}` })
  }
})

t.test('the words of a form hide nothing from the user, and a name or a value that does is refused', async t => {
  const form = (title: string) => elicit('?', Type.Object({
    file: Type.Unsafe<string>({ type: 'string', title, description: `Of ${title}`, enum: ['1', '2'], enumNames: [title, 'b'] }),
    title: Type.Union([Type.Literal('S', { description: title }), Type.Literal('M')], { title: 'Size' }),
    some: Type.Unsafe<string[]>({ type: 'array', items: { anyOf: [{ const: 'a', title }] } }),
    family: Type.String({ title: '\u{1f468}\u200d\u{1f469}' })
  })).params['requestedSchema']
  t.strictSame(form('report\u202efdp\u200b.exe'), form('reportfdp.exe'))
  t.match(form('a'), { properties: { family: { title: '\u{1f468}\u200d\u{1f469}' } } }, 'what people see stays')
  t.throws(() => elicit('?', Type.Object({ a: Type.String({ title: 'Your p\u200bassword' }) })), /must not ask for a secret/)

  const hidden = 'a\u202eb'
  for (const fields of [
    { [hidden]: Type.String() }, { a: Type.Union([Type.Literal(hidden), Type.Literal('b')]) }, { a: Type.String({ default: hidden }) },
    { a: Type.Unsafe<string[]>({ type: 'array', items: { enum: [hidden] } }) }, { a: Type.Unsafe<string>({ type: 'string', oneOf: [{ const: hidden, title: 'a' }] }) }
  ]) t.throws(() => elicit('?', Type.Object(fields)), { message: 'there is a character that people cannot see in the form, U+202E: remove it' }, JSON.stringify(fields))
})
