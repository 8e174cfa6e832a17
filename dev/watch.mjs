import { parseArgs } from 'node:util'

// `npm run dev`: starts dev/main.ts, and again after each change of a file. A mistyped option ends it here, since the
// watcher would go on after the end of the process that refuses it.
try {
  parseArgs({ options: { fresh: { type: 'boolean' }, example: { type: 'boolean' } } })
} catch ({ message }) {
  console.error(`Cannot start: ${message}\nThe options are --fresh and --example.`)
  process.exit(1)
}
process.argv.splice(2, 0, 'watch', '--clear-screen=false', 'dev/main.ts')
await import('tsx/cli')
