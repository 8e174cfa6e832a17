import { runTests } from './in-one-process.ts'

await runTests('cli/access-token', 'cli/doctor', 'cli/fetch-json', 'cli/login-callback', 'cli/misconfigurations', 'cli/tenant')
