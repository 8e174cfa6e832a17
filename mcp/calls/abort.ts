import { setMaxListeners } from 'node:events'

type Add = AbortSignal['addEventListener']
type Listener = Parameters<Add>[1]

/**
 * An AbortController whose signal catches errors of its listeners. Otherwise they would be uncaught exceptions, and any
 * caller could end the process by closing its connection.
 * @param onError gets the error that a listener threw, or with which a promise that it returned was rejected
 */
export function guardedController (onError: (error: unknown) => void): AbortController {
  const controller = new AbortController()
  const { signal } = controller
  // A tool may wait for any number of things at once, and Node would warn of a leak.
  setMaxListeners(0, signal)
  const guarded = new WeakMap<Listener, (event: Event) => void>()

  function guard (listener: Listener): (event: Event) => void {
    const known = guarded.get(listener)
    if (known !== undefined) return known
    const safe = function (this: unknown, event: Event): void {
      try {
        const result: unknown = typeof listener === 'function' ? listener.call(this as AbortSignal, event) : listener.handleEvent(event)
        Promise.resolve(result).catch(onError)
      } catch (error) {
        onError(error)
      }
    }
    guarded.set(listener, safe)
    return safe
  }

  // `onabort` and Node's own APIs add their listeners through these two as well.
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (type, listener, options) => addEventListener.call(signal, type, listener && guard(listener), options)
  signal.removeEventListener = (type, listener, options) => removeEventListener.call(signal, type, (listener && guarded.get(listener)) ?? listener, options)
  return controller
}
