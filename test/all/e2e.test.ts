import { runTests } from './in-one-process.ts'

await runTests('e2e/acting', 'e2e/asking', 'e2e/clients', 'e2e/elicit-url', 'e2e/env', 'e2e/leaks', 'e2e/login', 'e2e/metrics', 'e2e/orders', 'e2e/step-up', 'e2e/tenant-login', 'e2e/tracing')
