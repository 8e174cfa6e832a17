import type { JsonAnswer } from '../fetch-json.ts'
import { bad, good, type Check } from './check.ts'

const MEND = 'Synchronize the clock of this host by NTP (timedatectl set-ntp true); CLOCK_TOLERANCE bridges at most 60 seconds.'

/**
 * Compares the clocks by the answer's Date. An answer from a cache is older by its Age (RFC 9110 §6.6.1, RFC 9111 §5.1).
 * @param tolerance seconds
 */
export function checkClock (issuer: string, { headers }: JsonAnswer, tolerance: number): Check {
  const title = `clock against ${issuer}`
  const date = headers.get('date')
  const time = Date.parse(date ?? '')
  const expected = `a difference of at most ${Math.max(tolerance, 1)} seconds`
  if (Number.isNaN(time)) return bad('clock', title, date === null ? 'no Date in the answer' : `the Date ${JSON.stringify(date)}`, expected, 'A proxy removes or rewrites Date: compare the clock of this host with another one by hand.')

  const age = Number(headers.get('age') ?? 0) || 0
  const seconds = Math.round((Date.now() - time) / 1000 - age)
  const found = seconds === 0 ? 'no difference' : `this host is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`
  return Math.abs(seconds) > Math.max(tolerance, 1) ? bad('clock', title, found, expected, MEND) : good('clock', title, found)
}
