import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** One way to run the suite. */
export interface Leg {
  /** The revision. */
  readonly name: string
  /** The commands, one for each scenario that the suite does not run at that revision by itself. */
  readonly commands: ReadonlyArray<readonly string[]>
  /** The revision that the suite's client names in `initialize`. Default: 2025-11-25. */
  readonly initialize?: string
  readonly baseline?: string
  /** How many checks must pass, so that a check that no longer runs is noticed. */
  readonly floor: number
}

/** The suite's scenarios for tools and transport, for a revision of which it runs few by itself. */
const OLD_SCENARIOS = [
  'server-initialize', 'ping', 'tools-list', 'tools-call-simple-text', 'tools-call-image', 'tools-call-audio', 'tools-call-embedded-resource',
  'tools-call-mixed-content', 'tools-call-error', 'tools-call-with-progress', 'dns-rebinding-protection'
]

/** Every way in which the suite runs, with the number of checks that pass. */
export const LEGS: readonly Leg[] = [
  leg('2026-07-28', 129),
  leg('2025-11-25', 49),
  { ...leg('2025-06-18', 36), initialize: '2025-06-18' },
  {
    name: '2025-03-26',
    commands: OLD_SCENARIOS.map(scenario => ['--scenario', scenario, '--spec-version', '2025-03-26', '--force']),
    initialize: '2025-03-26',
    floor: 22
  }
]

function leg (version: string, floor: number): Leg {
  const baseline = fileURLToPath(new URL(`./baselines/${version}.yml`, import.meta.url))
  return { name: version, commands: [['--suite', 'all', '--spec-version', version, '--expected-failures', baseline]], baseline, floor }
}

/** The checks that a baseline names, as `scenario:check`. @throws Error for any other line */
export async function readBaseline (path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').map(line => line.trim())
  return lines.filter(line => line !== '' && line !== 'server:' && !line.startsWith('#')).map(line => {
    const [, name] = /^- ([\w-]+:[\w-]+)$/.exec(line) ?? []
    if (name === undefined) throw new Error(`${path}: expected "- scenario:check", found ${JSON.stringify(line)}`)
    return name
  })
}
