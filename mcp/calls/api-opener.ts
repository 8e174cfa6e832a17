import type { ApiDeclaration, CallApi } from '../api.ts'
import type { Caller } from '../../auth/caller.ts'
import type { Log } from '../tool.ts'

/** Prepares the API of a tool, once, at start. The server passes one in; without one, no tool has an API. */
export type ApiOpener = (api: ApiDeclaration) => OpenApi

/** Binds the API to one call. */
export type OpenApi = (call: ApiCall) => CallApi

/** The call for which an API is called. */
export interface ApiCall {
  readonly caller: Caller
  readonly log: Log
  /** Aborts when the call is cancelled or over its time. */
  signal (): AbortSignal
}

/** Makes an API refuse requests once the call is over. A later one would act for a caller who did not ask for it. */
export function untilOver (callApi: CallApi, isOver: () => boolean): CallApi {
  return async (path, init) => {
    if (isOver()) throw new Error('the call is over: await every promise that the handler starts')
    return callApi(path, init)
  }
}
