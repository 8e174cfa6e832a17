import type { Caller } from '../auth/caller.ts'
import { hasUser } from '../auth/kind.ts'
import { ApiError } from '../mcp/api.ts'
import type { ApiCall, ApiOpener } from '../mcp/calls/api-opener.ts'
import { boundFetch } from './bound-fetch.ts'
import { explainBrokenAnswer } from './broken-answer.ts'
import { noUser, notSetUp, unavailable } from './faults.ts'
import { createExchange, type ExchangeClient } from './token-exchange.ts'
import { createTokenStore } from './token-store.ts'

/** Calls of APIs as the user. */
export interface Apis {
  readonly open: ApiOpener
  /** Keeps the token of a caller. Only an exchange reads it. */
  remember (caller: Caller, token: string): void
}

/**
 * Prepares calls of APIs.
 * @param client undefined: each call is refused, and says which settings are missing
 * @param now milliseconds since 1970
 */
export async function openApis (client: ExchangeClient | undefined, now: () => number): Promise<Apis> {
  if (client === undefined) return { open: () => call => async () => { throw logged(notSetUp(), call) }, remember () {} }

  const store = createTokenStore(await createExchange(client), now)
  // Not in the caller, which tools see. The token is freed with the caller.
  const tokens = new WeakMap<Caller, string>()

  return {
    remember: (caller, token) => { tokens.set(caller, token) },

    open ({ audience, url, scopes }) {
      const send = boundFetch(audience, url)

      return call => async (path, init = {}) => {
        const { caller } = call
        if (!hasUser(caller.kind)) throw logged(noUser(), call)
        const request = { issuer: caller.issuer, subjectToken: tokens.get(caller) as string, audience, scopes }
        const signal = init.signal === undefined ? call.signal() : AbortSignal.any([call.signal(), init.signal])
        try {
          const response = await send(path, init, signal, () => unlessAborted(signal, store.get(request, caller.expiresAt)))
          return explainBrokenAnswer(response, () => logged(unavailable(`The API ${JSON.stringify(audience)}`), call, audience))
        } catch (error) {
          if (!(error instanceof ApiError)) throw error
          if (error.fault === 'not_accepted') store.forget(request)
          throw logged(error, call, audience)
        }
      }
    }
  }
}

/** Waits for an exchange, which goes on for other calls if this one is cancelled. */
function unlessAborted<T> (signal: AbortSignal, result: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop)
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function logged (error: ApiError, { log }: ApiCall, audience?: string): ApiError {
  log.warn({ api: audience, fault: error.fault }, error.message)
  return error
}
