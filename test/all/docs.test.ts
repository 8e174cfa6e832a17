import { runTests } from './in-one-process.ts'

await runTests('docs', 'readme', 'acceptance', 'suite', 'lint', 'cli/new-tool')
