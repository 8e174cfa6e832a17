/** The outcome of a promise, or an error if it takes longer than `ms` milliseconds. */
export function within<T> (ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = new Error(`no answer within ${ms} ms`)
    // If this process was busy, the answer may be here, but not read yet. It is read before setImmediate calls back.
    const timer = setTimeout(() => setImmediate(reject, late), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
