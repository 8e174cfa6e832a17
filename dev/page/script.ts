import { SIGN_IN } from './sign-in-script.ts'
import { VERDICTS } from './verdicts-script.ts'

/** Variables and functions that the parts of the script share. The token is in this variable and nowhere else. */
const SHARED = String.raw`
  const id = name => document.getElementById(name)
  const { issuer, client, audience, scope, endpoint, verdicts } = id('try-it').dataset
  let token

  /** An element with text and elements inside; never markup. */
  function element (name, className, ...children) {
    const made = document.createElement(name)
    if (className) made.className = className
    made.append(...children)
    return made
  }

  function say (place, state, text) {
    place.dataset.state = state
    place.textContent = text
  }

  /** The answer to a request; an error with a sentence if there is none. */
  async function ask (what, url, options) {
    try {
      return await fetch(url, options)
    } catch {
      throw new Error(what + ' does not answer. Does "npm run dev" still run?')
    }
  }

  /** The JSON of an answer; an error with a sentence if it holds something else, such as the page of a proxy. */
  async function json (what, response) {
    try {
      return await response.json()
    } catch {
      throw new Error(what + ' answers with status ' + response.status + ' and ' + (response.headers.get('content-type') ?? 'no content type') + ' in place of JSON. Something in front of it may answer for it.')
    }
  }
`

/** The script of what `npm run dev` adds to the page: sign-in, whoami, verdicts on a token. */
export const SCRIPT = `'use strict'\n{${SHARED}${SIGN_IN}${VERDICTS}}\n`
