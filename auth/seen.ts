/** Places of a row: 64 bytes, which a processor reads at once. */
const WIDTH = 16

/**
 * A function that tells whether it got a text before. It remembers about the last `count` texts, each as a number in a
 * table of fixed size, so that a text takes no memory of its own. Two texts rarely have the same number; then the second
 * one counts as seen.
 */
export function createSeen (count: number): (text: string) => boolean {
  const rows = 2 ** Math.ceil(Math.log2(Math.max(1, count / WIDTH)))
  const table = new Int32Array(rows * WIDTH)

  return text => {
    const number = numberOf(text)
    const start = (number & (rows - 1)) * WIDTH
    const end = start + WIDTH
    for (let place = start; place < end; place++) if (table[place] === number) return true
    // The newest of a row comes first, and the oldest drops out.
    table.copyWithin(start + 1, start, end - 1)
    table[start] = number
    return false
  }
}

/** A number of 32 bits, never 0: that is an empty place. */
function numberOf (text: string): number {
  let number = 0
  for (let i = 0; i < text.length; i++) number = Math.imul(number, 31) + text.charCodeAt(i) | 0
  return number === 0 ? 1 : number
}
