// Placeholders of shells and templates are plain text here.
/* eslint-disable no-template-curly-in-string */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import t from 'tap'
import { loadConfig } from '../../config.ts'
import { AUTH0_DOMAIN, problems } from '../support/settings.ts'

t.test('OBO_CLIENT_ID comes with a secret or with a private key', async t => {
  const load = (env: Record<string, string>) => loadConfig({ AUTH0_DOMAIN, ...env }).exchangeClient
  const pem = (key: KeyObject, cipher = {}): string => String(key.export({ type: 'pkcs8', format: 'pem', ...cipher }))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const folder = t.testdir({
    good: pem(privateKey),
    short: pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
    elliptic: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    encrypted: pem(privateKey, { cipher: 'aes-256-cbc', passphrase: 'a' }),
    text: 'hunter2'
  })
  const secret = 'hunter2-hunter2-hunter2'
  t.equal(load({ OBO_CLIENT_ID: ' ', OBO_CLIENT_SECRET: '' }), undefined)
  t.strictSame(load({ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: secret }), { clientId: 'a', credentials: { secret } })
  t.match(load({ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: `${folder}/good` }), { clientId: 'a', credentials: { key: { type: 'private' } } })

  const rows: ReadonlyArray<readonly [Record<string, string>, RegExp]> = [
    [{ OBO_CLIENT_ID: 'a' }, /^OBO_CLIENT_SECRET: not set, expected it, or OBO_PRIVATE_KEY_FILE/],
    [{ OBO_CLIENT_SECRET: secret }, /^OBO_CLIENT_ID: not set, expected the application that OBO_CLIENT_SECRET belongs to/],
    [{ OBO_PRIVATE_KEY_FILE: `${folder}/good` }, /^OBO_CLIENT_ID: not set, .*OBO_PRIVATE_KEY_FILE belongs to/],
    [{ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: secret, OBO_PRIVATE_KEY_FILE: `${folder}/good` }, /^OBO_PRIVATE_KEY_FILE: found it together with OBO_CLIENT_SECRET/],
    [{ OBO_CLIENT_ID: '*', OBO_CLIENT_SECRET: secret }, /^OBO_CLIENT_ID: found "\*"/],
    [{ OBO_CLIENT_ID: 'a,b', OBO_CLIENT_SECRET: secret }, /^OBO_CLIENT_ID: found "a,b", expected the ID of one application/],
    [{ OBO_CLIENT_ID: 'a b', OBO_CLIENT_SECRET: secret }, /^OBO_CLIENT_ID: found "a b", expected the ID of one application/],
    [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: '-----BEGIN PRIVATE KEY----- hunter2' }, /^OBO_PRIVATE_KEY_FILE: found 35 characters, expected the path of a file/],
    [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: 'hunter2'.repeat(26) }, /^OBO_PRIVATE_KEY_FILE: found 182 characters, expected the path of a file/],
    [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: 'hunter2'.repeat(60) }, /^OBO_PRIVATE_KEY_FILE: found 420 characters, expected the path of a file/],
    ...[`"${secret}"`, 'YOUR_CLIENT_SECRET', 'your-secret-goes-here', '${CLIENT_SECRET_OF_X}'].map(text => [{ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: text }, /^OBO_CLIENT_SECRET: found \d+ characters, expected .*without quotes and in place of the placeholder/] as const),
    [{ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: 'hunter2' }, /^OBO_CLIENT_SECRET: found 7 characters, expected the application's secret/],
    [{ OBO_CLIENT_ID: 'a', OBO_CLIENT_SECRET: 'hunter2 hunter2 hunter2' }, /^OBO_CLIENT_SECRET: found 23 characters/],
    [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: `${folder}/none` }, /^OBO_PRIVATE_KEY_FILE: found .*can be read \(ENOENT\)/],
    ...['short', 'elliptic', 'encrypted', 'text'].map(name => [{ OBO_CLIENT_ID: 'a', OBO_PRIVATE_KEY_FILE: `${folder}/${name}` }, /^OBO_PRIVATE_KEY_FILE: found .*RSA private key of 2048 bits/] as const)
  ]
  for (const [env, message] of rows) {
    const found = problems(() => load(env))
    t.match(found, [message], JSON.stringify(env))
    t.equal(found.length, 1)
    t.notMatch(found.join(), 'hunter2')
  }
})
