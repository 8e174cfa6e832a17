// The year 9999. Nobody issues tokens for a later date.
const LAST_DATE = 253_402_300_799

/** Whether a claim is a date (RFC 7519 §2, NumericDate), in seconds from 1970 to the year 9999. */
export function isDate (value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_DATE
}
