let [passed, failed] = [0, 0]

/** Prints how a check ended. `fault` is empty if it passed; undefined: it could not be done, for `reason`. */
export function report (what: string, fault: string | undefined, reason = ''): void {
  if (fault === undefined) return console.log(`left out  ${what}: ${reason}`)
  if (fault === '') passed++
  else failed++
  console.log(`${fault === '' ? 'ok       ' : 'FAILED   '} ${what}${fault === '' ? '' : `: ${fault}`}`)
}

/** Prints how many checks passed. Returns whether all did. */
export function summarize (): boolean {
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 && passed > 0
}
