import { writeSync } from 'node:fs'

/** The stream that pino writes the lines of the log to. */
export interface LogOutput {
  write (line: string): void
}

const STANDARD_OUTPUT = 1
/** Milliseconds between two attempts to write to a full pipe. */
const FULL_MS = 20
const SLEEPER = new Int32Array(new SharedArrayBuffer(4))

/**
 * Standard output for the log. If a line cannot be written, because the disk is full or the reader of the pipe is gone,
 * the line is lost and the server goes on. pino's own stream would wait for ever on a full disk, and stop the process.
 *
 * @param tell takes a message for the operator
 * @param write writes some of the bytes and returns their number
 */
export function logOutput (tell: (message: string) => void, write = (bytes: Uint8Array): number => writeSync(STANDARD_OUTPUT, bytes)): LogOutput {
  let lost = 0
  // Whether the output ends in the middle of a line.
  let torn = false

  return {
    write (line) {
      const bytes = Buffer.from(torn ? `\n${line}` : line)
      let written = 0
      try {
        while (written < bytes.length) written += writeSome(bytes.subarray(written), write)
        if (lost > 0) tell(`The log is written again; ${lost} lines were lost`)
        lost = 0
        torn = false
      } catch (error) {
        if (lost === 0) tell(`The log cannot be written, and its lines are lost until it can: ${(error as Error).message}`)
        lost++
        torn ||= written > 0
      }
    }
  }
}

function writeSome (bytes: Uint8Array, write: (bytes: Uint8Array) => number): number {
  try {
    return write(bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    Atomics.wait(SLEEPER, 0, 0, FULL_MS)
    return 0
  }
}
