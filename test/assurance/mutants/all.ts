import { actingMutants } from './acting.ts'
import { apiMutants } from './api.ts'
import { figureMutants } from './figures.ts'
import { httpMutants } from './http.ts'
import { keyMutants } from './keys.ts'
import { limitMutants } from './limits.ts'
import { mcpMutants } from './mcp.ts'
import { pageMutants } from './page.ts'
import { processMutants } from './process.ts'
import type { Mutant } from './list.ts'
import { setUpMutants } from './set-up.ts'
import { tokenMutants } from './token.ts'

/** Every check that is broken in turn. */
export function allMutants (): readonly Mutant[] {
  return [...tokenMutants(), ...keyMutants(), ...httpMutants(), ...limitMutants(), ...mcpMutants(), ...actingMutants(), ...apiMutants(), ...pageMutants(), ...processMutants(), ...figureMutants(), ...setUpMutants()]
}
