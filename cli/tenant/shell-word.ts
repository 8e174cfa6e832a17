/** A text as one word of a shell, quoted if it has characters that a shell reads in its own way. */
export function shellWord (text: string): string {
  return /^[\w@%:/.,=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
