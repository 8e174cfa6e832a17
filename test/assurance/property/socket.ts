import { connect } from 'node:net'

/** An answer, read from the bytes of a socket. */
export interface RawAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends bytes to a port and reads all answers, until the other side closes or nothing more comes for a while. */
export async function speak (port: number, bytes: Buffer, timeoutMs = 5000): Promise<RawAnswer[]> {
  const chunks: Buffer[] = []
  await new Promise<void>(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.on('data', chunk => chunks.push(chunk))
    // The server resets the connection after the answer if it reads no further.
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
  return parse(Buffer.concat(chunks).toString('latin1'))
}

function parse (text: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  while (text !== '') {
    const end = text.indexOf('\r\n\r\n')
    const [status = '', ...lines] = text.slice(0, end).split('\r\n')
    const headers = Object.fromEntries(lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
    const length = Number(headers['content-length'] ?? 0)
    answers.push({ statusCode: Number(status.split(' ')[1]), headers, body: text.slice(end + 4, end + 4 + length) })
    text = end < 0 ? '' : text.slice(end + 4 + length)
  }
  return answers
}
