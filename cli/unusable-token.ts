import type { Config } from '../config.ts'
import { kindOf } from './doctor/token-kind.ts'
import { usualCauseOf } from './doctor/usual-causes.ts'

/** What is wrong with a token of a kind that the server never accepts, and how to mend it; undefined for a good one. */
export function faultOfKind (token: string, { claims }: Pick<Config, 'claims'>): string | undefined {
  const { name, fault } = kindOf(token, claims)
  if (fault === undefined) return undefined
  // The command always names an audience, so a wrong one is the cause.
  const isForNoApi = fault === 'opaque_token' || fault === 'jwe_no_audience'
  const mend = isForNoApi ? `It is for no API of yours: set AUTH0_AUDIENCE, which is ${JSON.stringify(claims.audiences[0])}, to the identifier of your API (Dashboard > Applications > APIs).` : usualCauseOf(fault)
  return `This is ${name}. The server refuses it (${fault}). ${mend}`
}
