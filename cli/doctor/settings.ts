import { loadConfig, type Config } from '../../config.ts'
import { withDevelopmentIssuer } from '../../process/development-issuer.ts'
import { nearNames } from '../../process/near-names.ts'
import { ConfigError, textOf, type Env } from '../../process/settings.ts'
import { bad, good, type Check } from './check.ts'

/** The settings, with a check for each fault. Without faults there is a configuration to go on with. */
export function checkSettings (env: Env): { readonly checks: Check[], readonly config?: Config } {
  try {
    const config = loadConfig(withDevelopmentIssuer(env))
    const issuer = textOf(env, 'AUTH0_DOMAIN') === undefined ? 'AUTH0_DOMAIN is not set, so the issuer is the development issuer' : `the issuer is ${config.issuers.join(', ')}`
    return { checks: [good('settings', 'settings', issuer), ...nearNames(env).map(({ found, meant }) => bad('settings', `setting ${meant}`, `${found}, which is no setting and has no effect`, meant, `Rename ${found}, or remove it.`))], config }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { checks: error.problems.map(checkOf) }
  }
}

// A problem reads "NAME: found X, expected Y".
function checkOf (problem: string): Check {
  const [, name = '', found = '', expected = ''] = /^([\w.]+): (.*?), expected (.*)$/s.exec(problem) as RegExpExecArray
  return bad('settings', `setting ${name}`, found.replace(/^found /, ''), expected, `Set ${name} to what is expected, in .env or in the environment; .env.example explains each setting.`)
}
