import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { onCore } from './proc.ts'

/** Starts one of the bench's own scripts on a core; `ask` sends it a message and waits for the answer. */
export function startHelper<Question extends object, Answer> (script: string, core: 0 | 1) {
  const [program, ...args] = onCore(core, [process.execPath, ...process.execArgv, resolve(import.meta.dirname, script)])
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const gone = once(child, 'exit').then(() => { throw new Error(`${script} ended before its time`) })
  gone.catch(() => {})

  return {
    async ask (question: Question): Promise<Answer> {
      child.send(question)
      const [answer] = await Promise.race([once(child, 'message'), gone])
      if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(String(answer.error))
      return answer
    },
    stop () {
      child.disconnect()
    }
  }
}
