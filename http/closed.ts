import type { ServerResponse } from 'node:http'

const listeners = Symbol('listeners for the end of an answer')

/** All listeners of an answer share one listener of Node's, which costs much more. */
type Watched = ServerResponse & { [listeners]?: Array<() => void> }

/**
 * Calls back once, when an answer is out or its connection is gone; `isCutOff` tells which. Node says nothing of
 * an answer that waits behind another when the connection breaks: such a one is heard of from its socket.
 */
export function onClosed (response: Watched, closed: () => void): void {
  const known = response[listeners]
  if (known !== undefined) {
    known.push(closed)
    return
  }
  const all = [closed]
  response[listeners] = all
  watch(response, () => { for (const closed of all) closed() })
}

function watch (response: ServerResponse, closed: () => void): void {
  if (response.socket !== null) {
    response.on('close', closed)
    return
  }
  const { socket } = response.req
  const once = (): void => {
    response.removeListener('close', once)
    socket.removeListener('close', once)
    closed()
  }
  // As many may wait as a client cares to send.
  socket.setMaxListeners(0)
  socket.on('close', once)
  response.on('close', once)
}

/** Whether the connection went before the answer was out. */
export function isCutOff ({ writableFinished, req: { socket } }: ServerResponse): boolean {
  return socket.destroyed && !(writableFinished && socket.errored === null)
}
