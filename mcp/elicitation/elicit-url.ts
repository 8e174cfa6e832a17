import { LOOPBACK } from '../api.ts'
import type { InputRequest } from './elicit.ts'
import { isObject } from '../message.ts'
import { questionOf } from './question.ts'
import { asksForSecret } from './secret-field.ts'

/** The user's answer to the link. `accept` is consent to open it, and says nothing about the page. */
export interface LinkAnswer {
  readonly action: 'accept' | 'decline' | 'cancel'
}

/** A page that the user is asked to open. */
export interface Link {
  /** Tells the user why the page is needed. */
  readonly message: string
  /** https, or http on a loopback host. The same text each time, with no secret and nothing about the user in it. */
  readonly url: string
}

const ACTIONS = new Set<unknown>(['accept', 'decline', 'cancel'])

/**
 * Asks the user to open a page, for a secret that must not pass through the client and the model (client/elicitation,
 * "URL Mode"). The server adds the parameter `elicitation`, with which the page finds out whether its user is the caller:
 * see `createElicitations`.
 * @throws Error if the URL is not fit to be sent to a client
 */
export function elicitUrl ({ message, url }: Link): InputRequest<LinkAnswer> {
  return {
    method: 'elicitation/create',
    params: { mode: 'url', message: questionOf(message), url: checkedUrl(url) },
    fits: answer => isObject(answer) && ACTIONS.has(answer['action'])
  }
}

// client/elicitation, "Safe URL Handling". No message repeats the URL, since it may hold a secret.
function checkedUrl (text: string): string {
  if (!URL.canParse(text)) throw new Error('elicitUrl: expected a whole URL')
  const { href, protocol, username, password, hash, searchParams } = new URL(text)
  if (protocol !== 'https:' && !LOOPBACK.test(href)) throw new Error('elicitUrl: expected https, or http on a loopback host')
  if (username !== '' || password !== '') throw new Error('elicitUrl: expected a URL without user and password')
  if (hash !== '') throw new Error('elicitUrl: expected a URL without fragment')
  const secret = [...searchParams.keys()].find(name => asksForSecret(name, {}))
  if (secret !== undefined) throw new Error(`elicitUrl: the parameter ${secret} must not be in the URL, since the client and the model can read it`)
  return href
}
