import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from './build.ts'
import { freePort } from './ports.ts'

/** For `skip`: false if redis-server is installed, else the reason. */
export const withoutRedis = spawnSync('redis-server', ['--version']).error !== undefined && 'redis-server not installed'

/** A redis-server of one test. */
export interface RedisServer {
  readonly port: number
  /** Ends the process at once. */
  kill (): Promise<void>
  /** Starts another one, empty, at the same port. */
  restart (): Promise<void>
}

/** Starts a real redis-server on loopback, which ends with the test. */
export async function startRedis (t: Test, args: (port: number) => readonly string[] = port => ['--port', String(port)]): Promise<RedisServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  let child: ChildProcess
  t.teardown(async () => {
    await kill()
    rmSync(folder, { recursive: true })
  })
  await restart()
  return { port, kill, restart }

  async function restart (): Promise<void> {
    child = spawn('redis-server', ['--bind', '127.0.0.1', '--dir', folder, '--save', '', ...args(port)])
    for await (const chunk of child.stdout as NodeJS.ReadableStream) if (/Ready to accept connections/.test(String(chunk))) break
  }

  async function kill (): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

/**
 * A server that reads the commands of Redis. Takes any password.
 *
 * @param answer returns the answer without its line break, or undefined for none
 * @returns `drop` closes its connections
 */
export async function startStandIn (t: Test, answer: (command: readonly string[]) => string | undefined): Promise<{ port: number, drop: () => void }> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    let text = ''
    socket.on('error', () => {}).setEncoding('utf8').on('data', chunk => {
      text += chunk
      for (let read = readCommand(text); read !== undefined; read = readCommand(text)) {
        text = read.rest
        const reply = read.command[0] === 'AUTH' ? '+OK' : answer(read.command)
        if (reply !== undefined) socket.write(`${reply}\r\n`)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drop = (): void => { for (const socket of sockets) socket.destroy() }
  t.teardown(() => {
    server.close()
    drop()
  })
  return { port: (server.address() as AddressInfo).port, drop }
}

/** One command in the protocol of Redis, if the text holds a whole one: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`. */
function readCommand (text: string): { command: string[], rest: string } | undefined {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? []
  if (head === undefined) return undefined
  let rest = text.slice(head.length)
  const command: string[] = []
  while (command.length < Number(count)) {
    const [start, length] = /^\$(\d+)\r\n/.exec(rest) ?? []
    if (start === undefined || rest.length < start.length + Number(length) + 2) return undefined
    command.push(rest.slice(start.length, start.length + Number(length)))
    rest = rest.slice(start.length + Number(length) + 2)
  }
  return { command, rest }
}
