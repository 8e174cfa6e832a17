import t from 'tap'
import { isLost, refuseLostOptions } from '../../process/npm-options.ts'

t.test('refuses an option that npm kept because -- was missing', async t => {
  const refused = (env: Record<string, string>): (() => void) => () => refuseLostOptions('doctor', ['token', 'login', 'client-id'], { npm_lifecycle_event: 'doctor', ...env })
  t.throws(refused({ npm_config_login: 'true' }), { message: 'npm kept --login for itself. Write -- before the options: npm run doctor -- --login …', code: 'ERR_PARSE_ARGS_LOST' })
  t.throws(refused({ npm_config_client_id: 'a' }), { message: /^npm kept --client-id for itself/ })
  t.throws(refused({ npm_config_token_description: '-' }), { message: /^npm kept --token for itself/ }, 'npm completes --token')
})

t.test('passes what belongs to npm, and what was meant for another command', async t => {
  for (const env of [{}, { npm_config_yes: 'true' }, { npm_config_login: '' }, { npm_config_login: 'true', npm_lifecycle_event: 'test' }]) {
    t.doesNotThrow(() => refuseLostOptions('doctor', ['login'], { npm_lifecycle_event: 'doctor', ...env }))
  }
})

t.test('tells of an option that npm kept', async t => {
  const env = { npm_lifecycle_event: 'dev', npm_config_fresh: 'true', npm_config_example: '' }
  t.ok(isLost('dev', 'fresh', env))
  t.notOk(isLost('dev', 'example', env))
  t.notOk(isLost('token', 'fresh', env))
})
