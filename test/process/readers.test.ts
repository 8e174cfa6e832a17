// Placeholders of shells and templates are plain text here.
/* eslint-disable no-template-curly-in-string */
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { loadConfig } from '../../config.ts'
import { AUTH0_DOMAIN, GOOD, LISTS, only, problems } from '../support/settings.ts'

t.test('REDIS_URL is a URL of Redis, and no message shows its password', async t => {
  const load = (text: string) => loadConfig({ AUTH0_DOMAIN, REDIS_URL: text })
  for (const text of ['', ' ']) t.equal(load(text).limits.redis, undefined)
  for (const text of ['redis://localhost', 'redis://10.0.0.1:6379/2', 'rediss://user:p%40ss@redis.example.com:6380/', 'redis://:hunter2@[::1]:1']) t.strictSame(load(` ${text} `).limits.redis, { url: text, required: false })
  for (const text of ['localhost:6379', 'http://localhost:6379', 'redis:localhost', 'redis://', 'redis://host:99999', 'redis://host/a', 'redis://host/0?db=1', 'redis://host/#x', 'redis://:hunter2%zz@host', 'redis://:hunter2@', '"redis://host"', '$REDIS_URL']) {
    const [problem = '', ...more] = problems(() => load(text))
    t.match(problem, `REDIS_URL: found ${text.length} characters, expected a URL such as "redis://host:6379"`, text)
    t.notMatch(problem, 'hunter2')
    t.strictSame(more, [])
  }
  t.match(problems(() => loadConfig({ AUTH0_DOMAIN, REDIS_REQUIRED: 'true' })), ['REDIS_REQUIRED: found "true", expected it only together with REDIS_URL'])
})

t.test('repeats a wrong value without passwords and hidden characters, and cut', t => {
  for (const [text, shown] of [
    ['https://ann:hunter2@tenant.example/', '"https://…@tenant.example/"'],
    ['a.example,https://ann:hun/ter2@b.example', '"a.example,https://…@b.example"'],
    ['ann:hunter2@tenant.example', '"…@tenant.example"'],
    ['a\u202E\u2028\u{E0041}', '"a\\u{202e}\\u{2028}\\u{e0041}"'],
    [`${'a'.repeat(300)} b`, `"${'a'.repeat(256)}…"`]
  ] as const) t.match(problems(() => loadConfig({ AUTH0_DOMAIN: text })), [`AUTH0_DOMAIN: found ${shown}, expected `], shown)
  t.end()
})

// Placeholders that people leave in settings of names, hosts and URLs.
const TEXTS = ['AUTH0_DOMAIN', 'AUTH0_AUDIENCE', 'MCP_RESOURCE_URL', 'HOST', 'ALLOWED_HOSTS', 'ALLOWED_ORIGINS', 'ALLOWED_CLIENTS', 'REQUIRED_ORG', 'TRUST_PROXY', 'LOG_LEVEL', 'PORT'] as const

t.test('F-C1 refuses quotes around any value', async t => {
  for (const variable of TEXTS) {
    const good = GOOD[variable] as string
    for (const [open, close] of [['"', '"'], ["'", "'"], ['`', '`'], ['“', '”'], ['‘', '’'], ['«', '»'], ['„', '“'], ['\\"', '\\"'], ['["', '"]'], ['"', ''], ['', "'"]]) {
      t.match(only(variable, `${open}${good}${close}`), `${variable}: found ${JSON.stringify(`${open}${good}${close}`)}, expected it without quotes`)
    }
  }
  for (const variable of LISTS) t.match(only(variable, `${GOOD[variable]}, "${GOOD[variable]}"`), /without quotes/, 'around one of several')
})

t.test('F-C1 refuses a placeholder in place of any value', async t => {
  const placeholders = [
    '${AUD}', '$AUD', '$(cat aud)', '%AUDIENCE%', '{{ aud }}', '{{aud}}', '{yourDomain}', 'https://{yourDomain}/', '<your-domain>', '<YOUR_DOMAIN>', 'https://<tenant>.auth0.com', '#{aud}', '@@AUD@@', '__AUD__',
    'undefined', 'NaN', 'None', 'nil', 'N/A', '[object Object]', 'TODO', 'tbd', '...', '…', '???', 'https://undefined/', 'https://undefined/mcp', 'undefined.eu.auth0.com', 'https://mcp.example.com/undefined', 'https://null/mcp',
    'YOUR_DOMAIN', 'YOUR_API_IDENTIFIER', 'yourDomain', 'your-tenant.auth0.com', 'YOUR_TENANT.us.auth0.com', 'your_client_id', 'your-domain.example', 'yourtenant.auth0.com', 'https://your-api', 'https://yourapp.com/mcp',
    'changeme', 'CHANGE_ME', 'change-me', 'change-this', 'replace-me', 'REPLACE_WITH_DOMAIN', 'placeholder', 'insert-domain-here', 'INSERT_YOUR_DOMAIN', 'enter your domain here', 'domain-goes-here', 'xxxx', 'xxx', 'dev-xxxxxxxx.us.auth0.com',
    'AUTH0_DOMAIN', 'API_IDENTIFIER', 'CLIENT_ID'
  ]
  for (const variable of TEXTS) for (const text of placeholders) t.match(only(variable, text), `${variable}: found ${JSON.stringify(text)}, expected a real value in place of the placeholder`)
  for (const variable of LISTS) t.match(only(variable, `${GOOD[variable]},undefined`), /placeholder/, 'as one of several')
})

t.test('says what belongs in place of a placeholder', async t => {
  for (const [variable, text, words] of [
    ['PORT', 'YOUR_PORT_HERE', 'a whole number from 1 to 65535'], ['RATE_LIMIT_MAX', 'none', 'a whole number from 1 to 1000000, or "off"'], ['CHALLENGE_SCOPES', 'None', '"all" or "baseline"'], ['ALLOW_M2M', '<true|false>', '"true" or "false"']
  ] as const) {
    t.equal(only(variable, text), `${variable}: found ${JSON.stringify(text)}, expected a real value in place of the placeholder: ${words}`)
  }
})

t.test('F-C1 accepts real values that resemble a placeholder', async t => {
  const real: Readonly<Record<string, readonly string[]>> = {
    AUTH0_DOMAIN: ['dev-x8x3yxx1.us.auth0.com', 'yourmechanic.eu.auth0.com'],
    MCP_RESOURCE_URL: ['https://static.1.2.3.4.clients.your-server.de/mcp', 'https://changelog.example.com/mcp', 'https://here.example.com/mcp', 'https://none.example.com'],
    AUTH0_AUDIENCE: ['urn:my-api', 'https://api.example.com/%20a', 'API_V1', 'https://xx.example.com', "it's-mine"],
    ALLOWED_CLIENTS: ['tpc_0123456789abcdef', 'https://client.example.com/oauth/metadata.json'],
    ALLOWED_HOSTS: ['your-server.de', '[::1]:3000', 'xn--bcher-kva.example', 'my_host:8080', '10.0.0.1', 'mcp.example.com.'],
    REQUIRED_ORG: ['org_your123']
  }
  for (const [variable, texts] of Object.entries(real)) for (const text of texts) t.doesNotThrow(() => loadConfig({ ...GOOD, [variable]: text }), text)
})

t.test('F-C1 refuses another separator where a comma belongs', async t => {
  for (const variable of LISTS) {
    const good = GOOD[variable] as string
    for (const separator of [' ', '; ', ';', '|', '  ', ' and ', '，', '、']) t.match(only(variable, good + separator + good), /expected commas between several values/, `${variable} with ${JSON.stringify(separator)}`)
  }
  t.match(only('TRUST_PROXY', '10.0.0.0/8 ::1'), /separated by commas/)
  t.match(only('REQUIRED_ORG', 'org_1 # ours'), /commas between/, 'a comment that nobody cut off')
})

t.test('F-C1 refuses a wildcard, and words that mean "everybody" or "nobody" elsewhere', async t => {
  for (const host of ['*', '*.example.com', '.example.com', 'localhost:*', 'mcp.*', 'any', 'all', 'mcp.example.com,*']) t.match(only('ALLOWED_HOSTS', host), /each host by its full name \(wildcards have no meaning here\)/, host)
  for (const origin of ['*', 'https://*.example.com', '*://app.example.com', 'any', 'http://localhost:*']) t.match(only('ALLOWED_ORIGINS', origin), /each origin in full \(wildcards have no meaning here\)/, origin)
  for (const url of ['https://*/mcp', 'https://*.example.com/mcp']) t.match(only('MCP_RESOURCE_URL', url), /a host name/, url)
  t.match(only('AUTH0_DOMAIN', '*.auth0.com'), /a host name/)
  for (const variable of ['ALLOWED_CLIENTS', 'REQUIRED_ORG', 'AUTH0_AUDIENCE']) {
    for (const word of ['*', 'any', 'ALL', 'off', 'true', 'false', 'null', 'no', 'client_*']) t.match(only(variable, word), /or the variable unset/, `${variable}=${word}`)
  }
  for (const word of ['null', 'true', 'false', 'off', '-']) t.match(only('ALLOWED_HOSTS', word), /Host header|placeholder/, word)
  for (const word of ['null', 'true', '*']) t.match(only('HOST', word), /host name to listen on/, word)
})

t.test('refuses invisible characters', async t => {
  for (const character of ['\u200B', '\u2060', '\u202E', '\u0000', '\u0085']) t.match(only('AUTH0_AUDIENCE', `https://a${character}.example`), /without invisible or control characters/)
  t.strictSame(loadConfig({ ...GOOD, REQUIRED_ORG: '\uFEFForg_1\u00A0' }).access.requiredOrg, ['org_1'], 'at the ends they are cut off')
})

t.test('STATE_SECRET is long and irregular, and no message shows it', async t => {
  const load = (text: string) => loadConfig({ AUTH0_DOMAIN, STATE_SECRET: text })
  t.equal(loadConfig({ AUTH0_DOMAIN }).stateSecret, undefined)
  for (const good of [randomBytes(16).toString('hex') + 'xyz-', randomBytes(32).toString('base64'), '"quo{ted}$HOME %PATH% <b> \'x', 'correct horse battery staple and more'].map(text => text.padEnd(32, '!?'))) t.equal(load(good).stateSecret, good.trim())

  t.match(problems(() => load('hush')), ['STATE_SECRET: found 4 characters, expected at least 32 characters'])
  const regular = ['x'.repeat(32), 'xy'.repeat(20), '0123456789abcdef'.repeat(2), 'changeme'.repeat(5), 'change-me-change-me-change-me-change-me', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '1234567890'.repeat(4), 'abcdefghijklmnop'.repeat(3).slice(0, 40), 'replace-this-with-32-random-characters', '${STATE_SECRET_FROM_THE_VAULT_0123456}', '<your-32-characters-long-secret-here>', `"${randomBytes(32).toString('base64')}"`]
  for (const text of regular) {
    const [problem = ''] = problems(() => load(text))
    t.match(problem, `STATE_SECRET: found ${text.length} characters, expected a random one with at least 10 different characters, as node -p "crypto.randomBytes(32).toString('base64')" prints it`, text)
    t.notMatch(problem, text)
  }
})
