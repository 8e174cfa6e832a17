import { runTests } from './in-one-process.ts'

await runTests('mcp/', 'tools/', 'app', 'config')
