import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { withoutHidden } from '../../mcp/safe-text.ts'
import type { Env } from '../../process/settings.ts'
import type { Answer, Ask } from './management.ts'

/** Characters of an output that is no JSON. */
const MAX_SHOWN = 200
/** Milliseconds that one call of the CLI may take. It asks the tenant once, and may renew its session first. */
const TIMEOUT_MS = 60_000
const INSTALL = 'install it (https://github.com/auth0/auth0-cli) and run "auth0 login", or set AUTH0_MGMT_TOKEN'
const LOOK = 'see whether "auth0 api get tenants/settings" answers, run "auth0 login" again, or set AUTH0_MGMT_TOKEN'

/**
 * Asks the Management API by the session of the Auth0 CLI (`auth0 api`).
 * @param tenant the domain of the tenant, since another one may be selected in the CLI
 * @param env the environment of the command; its PATH has the CLI
 * @param timeoutMs after which a call is ended. Default 60,000
 */
export function cliTransport (tenant: string, env: Env, timeoutMs = TIMEOUT_MS): Ask {
  return async (method, path, body) => {
    const args = ['api', method.toLowerCase(), path, ...(body ? ['--data', JSON.stringify(body)] : []), '--tenant', tenant, '--no-input', '--no-color']
    // An open standard input would be read to its end before the request is sent.
    const child = spawn('auth0', args, { env, stdio: ['ignore', 'pipe', 'pipe'], signal: AbortSignal.timeout(timeoutMs), killSignal: 'SIGKILL' })
    const ended = once(child, 'close').catch((error: NodeJS.ErrnoException) => {
      // A process that the CLI started may hold them open.
      child.stdout.destroy()
      child.stderr.destroy()
      throw new Error(error.name === 'AbortError' ? `the Auth0 CLI gave no answer within ${timeoutMs / 1000} s: ${LOOK}` : `the Auth0 CLI cannot be started (${error.code}): ${INSTALL}`)
    })
    const [[code], output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
    return answerOf(output.trim(), code === 0 ? '' : errors.trim() || `exit code ${code}`)
  }
}

/** The CLI shows no status. A refusal is an answer with a `statusCode`, or an exit code with a sentence. */
function answerOf (output: string, failure: string): Answer {
  const document = output === '' ? undefined : parse(output, failure) as { readonly statusCode?: unknown } | readonly unknown[]
  const status = (document as { readonly statusCode?: unknown } | undefined)?.statusCode
  if (typeof status === 'number') return { status, document }

  const [, scope] = /lacks scope: ([\w:]+)/.exec(failure) ?? []
  if (scope !== undefined) return { status: 403, document: { errorCode: 'insufficient_scope', message: `Insufficient scope, expected any of: ${scope}` } }
  if (failure !== '') throw new Error(`the Auth0 CLI says: ${failure}`)
  return { status: 200, document }
}

function parse (output: string, failure: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    throw new Error(`the Auth0 CLI says: ${withoutHidden(failure || output.slice(0, MAX_SHOWN))}`)
  }
}
