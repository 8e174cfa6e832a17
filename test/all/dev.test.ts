import { runTests } from './in-one-process.ts'

await runTests('dev/', 'deploy/', 'connect/', 'process/')
