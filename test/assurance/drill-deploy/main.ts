import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'

// `tsx test/assurance/drill-deploy/main.ts [phase…]`: nginx, Redis and several servers under load, through restarts and
// outages. Node reads NODE_EXTRA_CA_CERTS only when it starts, so the drill itself runs in a second process.
const folder = mkdtempSync(join(tmpdir(), 'drill-deploy-'))
const { certificate } = makeCertificate(folder)
const child = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, 'drill.ts'), folder, ...process.argv.slice(2)], {
  stdio: 'inherit',
  // A group of its own, of which nothing is left when the drill ends.
  detached: true,
  env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin`, NODE_EXTRA_CA_CERTS: certificate }
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
const [code] = await once(child, 'exit')
try {
  process.kill(-(child.pid as number), 'SIGKILL')
} catch {
  // Nothing is left, as it should be.
}
rmSync(folder, { recursive: true })
process.exitCode = code ?? 1
