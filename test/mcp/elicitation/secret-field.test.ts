import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { elicit } from '../../../mcp/tool.ts'

const SECRET = [
  'password', 'PASSWORD', 'passWord', 'userPassword', 'dbpassword', 'newPasswd', 'password2', 'password_confirmation', 'pass_phrase', 'pass', 'pwd', 'passkey',
  'token', 'accessToken', 'accesstoken', 'refresh-token', 'idToken', 'credentials', 'jwt', 'key', 'keys', 'API_KEY', 'APIKey', 'apikey', 'X-API-Key', 'openAIApiKey',
  'privateKey', 'secretKey', 'clientSecret', 'clientsecret', 'awsSecretAccessKey', 'secrets', 'cardNumber', 'card_num', 'credit_card', 'ccNumber', 'CVV', 'cvv2', 'IBAN',
  'pin', 'PIN', 'pins', 'pin_code', 'otp', 'mfaCode', 'verification_code', 'recoveryCode', 'seedPhrase', 'security code',
  'Passwort', 'API-Schlüssel', 'mot_de_passe', 'clé d’API', 'contraseña', 'contrasena', 'clave', 'senha', 'Wachtwoord', 'lösenord', 'hasło', 'şifre', 'mật khẩu',
  'Пароль', 'κωδικός πρόσβασης', '密码', 'パスワード', '暗証番号', '비밀번호', 'รหัสผ่าน', 'كلمة المرور', 'סיסמה'
]
const OTHER = [
  'name', 'email', 'tokenize', 'keyboard', 'monkey', 'cardinal', 'spin', 'pinned', 'keyword', 'Schlüsselwort', 'secretary', 'sure', 'tokenName', 'api_key_id', 'passwordPolicy',
  'primaryKey', 'publicKey', 'passenger', 'passport', 'compass', 'postalCode', 'countryCode', 'cardholder', 'desenhar', 'option', 'license'
]
const form = (name: string, field: TSchema, message = 'Please') => elicit(message, Type.Object({ [name]: field }))

t.test('a form that asks for a secret is refused, in whatever language and case', async t => {
  for (const name of SECRET) t.throws(() => form(name, Type.String()), { message: `Form field ${name}: a form must not ask for a secret, since the client and the model can read the answer` }, name)
  for (const name of ['pin', 'cardNumber']) t.throws(() => form(name, Type.Integer()), /must not ask for a secret/, name)
  for (const [what, options] of Object.entries({
    title: { title: 'Your API key' },
    format: { format: 'password' },
    description: { description: 'Your GitHub token' },
    request: { description: 'Please paste the GitHub access token here' }
  })) t.throws(() => form('value', Type.String(options)), /^Form field value: a form must not ask/, what)
})

t.test('a question that asks for a secret is refused', async t => {
  for (const message of ['Enter your API key.', 'Please tell me your credit card number', "What's your PIN?"]) t.throws(() => form('value', Type.String(), message), /the question asks for a secret.*: use elicitUrl/, message)
})

t.test('other fields and questions are not taken for secrets', async () => {
  for (const name of OTHER) form(name, Type.String())
  for (const name of ['maxTokens', 'tokens']) form(name, Type.Integer())
  form('deleteToken', Type.Boolean())
  form('token', Type.Union([Type.Literal('first'), Type.Literal('second')]), 'Enter the token to delete')
  form('token', Type.Unsafe<string>({ type: 'string', oneOf: [{ const: 'first', title: 'First' }] }))
  form('tokens', Type.Array(Type.Unsafe<string>({ type: 'string', enum: ['first'] })))
  for (const description of ['Name of the token to rotate', 'The user name, not the password', 'Enter the name of the token']) form('value', Type.String({ description }))
  for (const message of ['Your API key has expired. Which address is yours?', 'Which token should be deleted?', 'What is the name of the key?']) form('value', Type.String(), message)
})
