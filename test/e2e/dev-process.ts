import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from '../support/build.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'

/**
 * The process behind `npm run dev`, with nothing set but PORT.
 * @param args its options, and variables such as npm_config_fresh=true
 */
export async function startDev (t: Test, port: number, cwd: string, ...args: string[]): Promise<{ url: string, stop: () => Promise<number | null> }> {
  const child = spawn(process.execPath, [...TYPESCRIPT, join(ROOT, 'dev/main.ts'), ...args.filter(isOption)], { cwd, env: { ...alone(port), ...Object.fromEntries(args.filter(arg => !isOption(arg)).map(arg => arg.split('='))) } })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  t.teardown(() => child.kill('SIGKILL'))

  let output = ''
  await new Promise<void>((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error(`did not start: ${output}`)), 60_000)
    const listen = (chunk: Buffer): void => {
      output += chunk
      if (!output.includes('the password is')) return
      clearTimeout(tooLong)
      resolve()
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    exit.then(() => reject(new Error(`ended: ${output}`)), reject).finally(() => clearTimeout(tooLong))
  })
  return {
    url: /^MCP endpoint +(\S+)$/m.exec(output)?.[1] ?? '',
    stop () {
      child.kill('SIGTERM')
      return exit
    }
  }
}

/** The output of a command. */
export async function run (script: string, port: number, env: NodeJS.ProcessEnv = {}, cwd = tmpdir()): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...TYPESCRIPT, join(ROOT, script)], { cwd, env: { ...alone(port), ...env }, timeout: 30_000 })
  return stdout
}

/** The environment of a child. */
function alone (port: number): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], PORT: String(port) }
}

const isOption = (arg: string): boolean => arg.startsWith('--')
