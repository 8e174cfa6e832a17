import { setMaxListeners } from 'node:events'

type Add = AbortSignal['addEventListener']
type Listener = Parameters<Add>[1]

/**
 * An AbortController whose signal catches what its listeners throw. Node would raise it as an uncaught exception and
 * the process would end, at a moment that any caller can choose by closing the connection.
 * @param onError gets what a listener threw, or the reason of a promise that it returned
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
