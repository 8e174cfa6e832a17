import { runTests } from './in-one-process.ts'

// By itself. It waits most of the time, and tap starts the files of this folder first: at the end it would run alone.
await runTests('e2e/workers')
