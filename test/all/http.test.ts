import { runTests } from './in-one-process.ts'

await runTests('http/', 'routes/', 'metrics/', 'tracing/', 'api/')
