/** Whether a number is a multiple of another one, in decimals: 0.3 is a multiple of 0.1. */
export function isMultiple (value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0
  const [a, b] = [decimal(value), decimal(step)]
  const exponent = Math.min(a.exponent, b.exponent)
  const scale = ({ digits, exponent: own }: Decimal): bigint => digits * 10n ** BigInt(own - exponent)
  return scale(a) % scale(b) === 0n
}

interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/** A number as the decimal that JSON writes for it. */
function decimal (value: number): Decimal {
  const [mantissa = '', exponent = '0'] = value.toString().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length }
}
