import { isObject, type Json } from './message.ts'

/** Words that name a secret. A plural, and words written together in camelCase, count too. */
const SECRET = /\b(?:pass(?:word|wd|phrase|code)|pwd|pin|secret|token|credential|otp|cvv|cvc|iban|(?:api|access|private|signing|encryption|license|ssh) ?key|card ?(?:number|no)|credit ?card|security ?code)s?\b/
/** A field with this name and nothing else. */
const KEY = /^keys?$/

/** Whether a field of a form asks for a secret, which servers must not do (client/elicitation, "User Interaction Model"). */
export function asksForSecret (name: string, field: Json): boolean {
  if (KEY.test(wordsOf(name))) return true
  return field['format'] === 'password' || [name, field['title']].some(text => typeof text === 'string' && SECRET.test(wordsOf(text)))
}

/** The names of the fields that ask for a secret. */
export function secretFields (properties: Json): string[] {
  return Object.entries(properties).filter(([name, field]) => isObject(field) && asksForSecret(name, field)).map(([name]) => name)
}

function wordsOf (text: string): string {
  return text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[^\p{L}\p{N}]+/gu, ' ').trim().toLowerCase()
}
