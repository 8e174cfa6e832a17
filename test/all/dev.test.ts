import { runTests } from './in-one-process.ts'

await runTests('dev/', 'deploy/', 'connect/', 'process/', 'cli/commands', 'cli/connect', 'e2e/dev')
