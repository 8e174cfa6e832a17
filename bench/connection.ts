import { connect as open } from 'node:net'
import { once } from 'node:events'

/** One kept-alive connection with at most one request in flight. */
export interface Connection {
  send (request: string): void
  close (): void
}

const lengthHeader = /\r\ncontent-length: *(\d+)/i
const lastChunk = '0\r\n\r\n'
const enoughForHeaders = 4096

/**
 * Opens a connection that knows just enough HTTP to tell where an answer ends, so that the client
 * costs little beside the server. `answered` gets the status; `failed` is told if the server hangs up.
 */
export async function connect (port: number, answered: (status: number) => void, failed: () => void): Promise<Connection> {
  const socket = open({ host: '127.0.0.1', port, noDelay: true, onread: { buffer: Buffer.allocUnsafe(65536), callback: read } })
  let head = ''
  let tail = ''
  let status = 0
  let missing = 0
  let chunked = false
  let closing = false

  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.on('close', () => { if (!closing) failed() })

  return {
    send (request) {
      socket.write(request, 'latin1')
    },
    close () {
      closing = true
      socket.destroy()
    }
  }

  function read (count: number, data: Uint8Array): boolean {
    const buffer = Buffer.from(data.buffer, data.byteOffset, count)
    if (status === 0) readHead(buffer)
    else readBody(buffer)
    return true
  }

  function readHead (buffer: Buffer): void {
    const earlier = head.length
    head += buffer.toString('latin1', 0, enoughForHeaders)
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return

    const length = lengthHeader.exec(head.slice(0, end))
    status = Number(head.slice(9, 12))
    head = ''
    tail = ''
    chunked = length === null
    missing = Number(length?.[1] ?? 0)
    readBody(buffer.subarray(end + 4 - earlier))
  }

  function readBody (buffer: Buffer): void {
    missing -= buffer.length
    if (chunked) tail = (tail + buffer.toString('latin1', Math.max(0, buffer.length - lastChunk.length))).slice(-lastChunk.length)
    if (chunked ? tail !== lastChunk : missing > 0) return

    const last = status
    status = 0
    answered(last)
  }
}
