/** Values that are kept. */
const MAX_KEPT = 1000
/** The longest text whose value is kept, in characters. */
const MAX_LENGTH = 512

/**
 * A function that gives equal texts one value, so that the many tokens of an application share it: they take less
 * memory, and a processor finds it in its cache. It keeps at most 1,000 values.
 * @param valueOf the value of a text
 */
export function shared<Value> (valueOf: (text: string) => Value): (text: string) => Value {
  const values = new Map<string, Value>()
  return text => {
    const known = values.get(text)
    if (known !== undefined) return known
    const value = valueOf(text)
    if (values.size === MAX_KEPT) values.clear()
    if (text.length <= MAX_LENGTH) values.set(text, value)
    return value
  }
}

/** The first of all equal texts. */
export const sharedText = shared(text => text)
