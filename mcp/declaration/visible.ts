import { hiddenIn } from '../safe-text.ts'

// A pattern may name hidden characters in order to exclude them. Header names have stricter rules.
const CHECKED_ELSEWHERE = new Set(['pattern', 'x-mcp-header'])

/**
 * Refuses a text of a declaration, or a name or a text in a schema, with a character that people cannot see. It may come
 * from a copied text, and models read it (server/tools, "Security Considerations").
 * @throws Error that names the character
 */
export function refuseHidden (what: string, value: unknown): void {
  JSON.stringify(value, (key, member: unknown) => {
    const hidden = hiddenIn(key) ?? (typeof member === 'string' && !CHECKED_ELSEWHERE.has(key) ? hiddenIn(member) : undefined)
    if (hidden !== undefined) throw new Error(`there is a character that people cannot see in the ${what}, ${hidden}: remove it`)
    return member
  })
}
