import { isObject, type Json } from '../message.ts'
import { FOREIGN, WHOLE } from './secret-words.ts'

/** Words that name a secret. A plural, a number at the end, and words written together count too. */
const SECRET = [
  '\\p{L}*(?:pass ?(?:words?|wd|phrases?|codes?|keys?)|pwd|secrets?|tokens?|credentials?)\\d*',
  '(?:pin|otp|cvv|cvc|iban|jwt|mnemonic)s?\\d?',
  '(?:api|access|account|private|signing|encryption|license|ssh|service) ?keys?',
  '(?:credit|debit|bank)? ?card ?(?:number|num|no)s?|cc ?(?:number|num|no)|(?:credit|debit) ?card',
  '(?:pin|security|recovery|backup|verification|one ?time|2fa|mfa) ?codes?|(?:seed|recovery) ?phrase'
].join('|')
const NAMED = new RegExp(`(?<!\\p{L})(?:${SECRET})(?![\\p{L}\\p{N}])`, 'u')
/** Ends of a name that is about a secret and does not ask for it, as in `tokenName`. */
const ABOUT = / (?:name|id|type|kind|count|limit|budget|length|policy|label|status|expiry|lifetime)s?$/
/** A sentence that asks for a secret. */
const ASKED = new RegExp(`^(?:please )?(?:your|(?:enter|type|paste|provide|give|input|insert|tell|what is|what s)) (?:(?!(?:of|for|from|about|to|in|with|by|on|at|as) )\\S+ ){0,4}?(?:${SECRET})(?![\\p{L}\\p{N}])`, 'u')
const IMPERATIVE = /^(?!your )/

const [foreign, whole] = [FOREIGN.map(plain), WHOLE.map(plain)]

/** Whether a field of a form asks for a secret, which servers must not do (client/elicitation, "User Interaction Model"). */
export function asksForSecret (name: string, { type, title, description, format, enum: choice, oneOf }: Json): boolean {
  if (format === 'password') return true
  // A yes, or a choice among values that the server knows, reveals no secret.
  if (type === 'boolean' || type === 'array' || choice !== undefined || oneOf !== undefined) return false
  const isNumber = type === 'number' || type === 'integer'
  return whole.includes(plain(name)) || [name, title].some(text => typeof text === 'string' && namesSecret(text, isNumber)) ||
    (typeof description === 'string' && ASKED.test(wordsOf(description)))
}

/** Whether a question asks for a secret, such as "Enter your API key". */
export function questionForSecret (message: string): boolean {
  const words = wordsOf(message)
  return IMPERATIVE.test(words) && ASKED.test(words)
}

/** The names of the fields that ask for a secret. */
export function secretFields (properties: Json): string[] {
  return Object.entries(properties).filter(([name, field]) => isObject(field) && asksForSecret(name, field)).map(([name]) => name)
}

/** @param isNumber the value is a number, so "tokens" means those that models count */
function namesSecret (text: string, isNumber: boolean): boolean {
  const words = isNumber ? wordsOf(text).replace(/\btokens?\b/g, '') : wordsOf(text)
  if (ABOUT.test(words)) return false
  const together = plain(text)
  return NAMED.test(words) || foreign.some(word => together.includes(word))
}

/** The words in lower case, also those of camelCase and HTTPHeader. */
function wordsOf (text: string): string {
  return text.replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2').replace(/[^\p{L}\p{N}]+/gu, ' ').trim().toLowerCase()
}

/** Without case, accents, blanks and marks. */
function plain (text: string): string {
  return text.normalize('NFD').replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase()
}
