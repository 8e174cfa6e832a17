import { runTests } from './in-one-process.ts'

await runTests('limits/')
