import type { ServerResponse } from 'node:http'

/**
 * Calls back once, when an answer is out or its connection is gone; `isCutOff` tells which. Node 20 emits no event for
 * an answer that waits behind another one when the connection breaks, so this listens to the socket.
 */
export function onClosed (response: ServerResponse, closed: () => void): void {
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
  // A client may send any number of requests ahead, and Node would warn of a leak.
  socket.setMaxListeners(0)
  socket.on('close', once)
  response.on('close', once)
}

/** Whether the connection was lost before the answer was out. */
export function isCutOff ({ writableFinished, req: { socket } }: ServerResponse): boolean {
  return socket.destroyed && !(writableFinished && socket.errored === null)
}
