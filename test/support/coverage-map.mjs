// Tests that run nothing of the server in their own process: they read files, or start the server as another process.
const WITHOUT = new Set([
  'test/all/docs.test.ts',
  'test/all/workers.test.ts',
  'test/architecture.test.ts',
  'test/assurance/mutants/pinned.test.ts',
  'test/assurance/mutants/table.test.ts',
  'test/cli/build.test.ts',
  'test/e2e/server.test.ts'
])

/** Tells tap whose coverage counts: `[]` is all of it, `null` none. To count takes a third of the time, or half of it with a compiler. */
export default function coverageMap (test) {
  return WITHOUT.has(test) ? null : []
}
