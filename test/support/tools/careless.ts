import { setTimeout as wait } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import { buildApp } from '../../../app.ts'
import { loadConfig } from '../../../config.ts'
import { defineTool } from '../../../mcp/tool.ts'

// A process of its own, with a tool whose abort listeners throw. Prints its port, then "started" for each call.
const careless = defineTool({
  name: 'careless',
  title: 'Careless',
  description: 'Throws when its caller goes away.',
  scopes: ['tool:whoami'],
  input: Type.Object({}),
  async handler (_input, { signal }) {
    signal.addEventListener('abort', () => { throw new Error('a listener threw') })
    signal.addEventListener('abort', async () => { throw new Error('a listener rejected') }, { once: true })
    signal.addEventListener('abort', { handleEvent () { throw new Error('an object threw') } })
    signal.onabort = () => { throw new Error('onabort threw') }
    console.log('started')
    await wait(60_000, undefined, { signal })
    return []
  }
})

const app = await buildApp({ config: loadConfig(process.env), tools: [careless], logger: { level: 'error' } })
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
