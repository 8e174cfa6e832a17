import { Type } from '@sinclair/typebox'
import t from 'tap'
import { elicit } from '../../mcp/tool.ts'

t.test('a form that asks for a secret is refused', async t => {
  for (const name of ['password', 'userPassword', 'pass_phrase'.replace('_', ''), 'newPasswd', 'token', 'accessToken', 'refresh-token', 'API_KEY', 'apiKey', 'apikey', 'privateKey', 'key', 'clientSecret', 'secrets', 'cardNumber', 'credit_card', 'CVV', 'pin', 'otp']) {
    t.throws(() => elicit('Please', Type.Object({ [name]: Type.String() })), { message: `Form field ${name}: a form must not ask for a secret, since the client and the model can read the answer` }, name)
  }
  t.throws(() => elicit('Please', Type.Object({ value: Type.String({ title: 'Your API key' }) })), /Form field value/)
  t.throws(() => elicit('Please', Type.Object({ value: Type.String({ format: 'password' }) })), /Form field value/)
})

t.test('other fields are not taken for secrets', async () => {
  for (const name of ['name', 'email', 'tokenize', 'keyboard', 'monkey', 'cardinal', 'spin', 'pinned', 'keyword', 'secretary', 'sure']) elicit('Please', Type.Object({ [name]: Type.String() }))
})
