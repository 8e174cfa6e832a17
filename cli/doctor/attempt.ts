import { bad, good, type Check, type CheckId } from './check.ts'

/** A check that asks a server. An error counts as what was found. */
export async function attempt (id: CheckId, title: string, expected: string, mend: string, act: () => Promise<readonly [found: string, ok: boolean]>): Promise<Check> {
  try {
    const [found, ok] = await act()
    return ok ? good(id, title, found) : bad(id, title, found, expected, mend)
  } catch (error) {
    return bad(id, title, (error as Error).message, expected, mend)
  }
}
