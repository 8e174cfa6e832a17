import { runTests } from './in-one-process.ts'

await runTests('auth/', 'assurance/differential/', 'assurance/property/', 'assurance/vectors/')
