import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkImage } from './image.ts'
import { checkSchemas } from './schemas.ts'
import { summarize } from './report.ts'
import { checkWithTools } from './tools.ts'

// `tsx test/assurance/deploy/main.ts`: what can be checked of deploy/ and the Dockerfile without a container engine, a
// cluster or systemd as the first process. A check whose program is not installed is left out, and the output says so.
const folder = mkdtempSync(join(tmpdir(), 'deploy-'))

try {
  checkWithTools(folder)
  await checkSchemas(folder)
  await checkImage(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = summarize() ? 0 : 1
