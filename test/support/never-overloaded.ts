import type { OverloadOptions } from '../../plugins/overload.ts'

/** For tests: no call is refused because the machine is busy. */
export const NEVER_OVERLOADED: OverloadOptions = { maxDelay: 60_000, interval: 100 }
