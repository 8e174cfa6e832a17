/** The methods of a `Response` that read its body. An old Node 20 has no `bytes`. */
const READERS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'].filter(name => name in Response.prototype)

/**
 * Makes these methods throw the error of an API that fails, if the body breaks off. `fetch` is over by then, and the plain
 * `TypeError` of the read would look like a fault of the tool. A tool that reads `response.body` gets it as it is.
 * @param fault makes the error
 * @returns the same response
 */
export function explainBrokenAnswer (response: Response, fault: () => Error): Response {
  const readers = response as unknown as Record<string, () => Promise<unknown>>
  for (const name of READERS) {
    const read = readers[name] as () => Promise<unknown>
    const value = (): Promise<unknown> => read.call(response).catch(error => { throw isBroken(error) ? fault() : error })
    Object.defineProperty(response, name, { value, configurable: true, writable: true })
  }
  return response
}

// The word of Node's `fetch` for a connection, an encoding or trailers that fail. Text that is
// no JSON is a SyntaxError, a body that is no form another TypeError, and an abort has its own reason.
function isBroken (error: unknown): boolean {
  return error instanceof TypeError && error.message === 'terminated'
}
