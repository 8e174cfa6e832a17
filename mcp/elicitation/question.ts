import { ignoreRejection } from '../returned.ts'
import { withoutHidden } from '../safe-text.ts'

/**
 * A question without characters that people cannot see. It often holds arguments, which the model chose: a mark of
 * direction could make a file name look like another one.
 * @throws TypeError for anything but a text
 */
export function questionOf (text: unknown): string {
  if (typeof text !== 'string') throw new TypeError(`expected the question to the user to be a text, found ${ignoreRejection(text) instanceof Promise ? 'a promise' : typeof text}`)
  const question = withoutHidden(text)
  if (question.trim() === '') throw new TypeError('expected the question to the user to be a text, found an empty one')
  return question
}
