import { connect } from 'node:net'

/** The bytes that each connection of the attack sends. */
export interface Flood {
  readonly port: number
  readonly connections: number
  readonly times: number
  readonly bytes: string
}

// A process of its own, so that the attack does not delay the caller that is to be served meanwhile.
process.once('message', ({ port, connections, times, bytes }: Flood) => {
  for (let i = 0; i < connections; i++) {
    const socket = connect(port, '127.0.0.1', () => {
      process.send?.('connected')
      for (let n = 0; n < times; n++) socket.write(bytes, 'latin1')
    })
    socket.on('error', () => {})
    socket.pause()
  }
})
