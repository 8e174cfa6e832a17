import { runTests } from './in-one-process.ts'

await runTests('cli/doctor', 'cli/tenant')
