import { IDENTITY } from './identity-script.ts'

/** Signs in by authorization code with PKCE (RFC 7636), as RFC 9700 §2.1 wants it, and calls whoami. */
export const SIGN_IN = String.raw`
  const KEY = 'sign-in'
  const redirectUri = location.origin + '/'
  const result = id('sign-in-result')
  const base64url = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)))

  async function discover () {
    const found = await json('The development issuer', await ask('The development issuer', issuer + '.well-known/openid-configuration'))
    if (found.issuer !== issuer) throw new Error('The metadata of the issuer names another issuer.')
    return found
  }

  async function begin () {
    if (!crypto.subtle) throw new Error('Browsers sign in from https or from this machine only. Open the page as http://localhost.')
    const to = new URL((await discover()).authorization_endpoint)
    const [state, verifier] = [random(), random()]
    const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)))
    // The page is left for the sign-in, so these wait in the storage of this tab. The token never does.
    sessionStorage.setItem(KEY, JSON.stringify({ state, verifier }))
    to.search = new URLSearchParams({
      response_type: 'code', client_id: client, redirect_uri: redirectUri, audience, scope, state,
      code_challenge: challenge, code_challenge_method: 'S256',
      // A second sign-in is for another user.
      ...(token && { prompt: 'login' })
    })
    location.assign(to)
  }

  /** The answer of the issuer, if this page was opened with one. It leaves the address bar before anything else. */
  function takeAnswer () {
    const answer = new URLSearchParams(location.search)
    if (!answer.has('state')) return
    history.replaceState(null, '', location.pathname)
    const begun = JSON.parse(sessionStorage.getItem(KEY))
    sessionStorage.removeItem(KEY)
    return { answer, begun }
  }

  function codeOf ({ answer, begun }) {
    if (!begun || answer.get('state') !== begun.state) throw new Error('This answer does not belong to a sign-in that this tab began. Sign in again.')
    if (answer.get('iss') !== issuer) throw new Error('The answer comes from another issuer, so the page drops it. Sign in again.')
    if (answer.get('error') === 'access_denied') throw new Error('Consent was denied, so there is no token. Sign in again to change your mind.')
    if (answer.has('error')) throw new Error('The issuer refuses: ' + (answer.get('error_description') ?? answer.get('error')) + '.')
    return answer.get('code')
  }

  async function redeem (code, verifier) {
    const response = await ask('The development issuer', (await discover()).token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'authorization_code', client_id: client, redirect_uri: redirectUri, code, code_verifier: verifier })
    })
    const { access_token: got, error, error_description: description } = await json('The development issuer', response)
    if (response.ok && got) return got
    throw new Error(error === 'invalid_grant' ? 'The code was used before, or is too old. Sign in again.' : 'The issuer gives no token: ' + (description ?? error) + '.')
  }

  /** Runs one step of the sign-in. A failure is shown as a sentence. */
  async function run (step) {
    try {
      await step()
    } catch (error) {
      id('identity').replaceChildren()
      say(result, 'bad', error.message)
    }
    for (const name of ['call-again', 'forget', 'own-token']) id(name).hidden = !token
    id('sign-in').textContent = token ? 'Sign in as somebody else' : 'Sign in'
    id('sign-in').classList.toggle('quiet', Boolean(token))
  }

  id('sign-in').addEventListener('click', () => run(begin))
  id('call-again').addEventListener('click', () => run(callWhoami))
  id('forget').addEventListener('click', () => {
    token = undefined
    id('identity').replaceChildren()
    say(result, '', 'The token is forgotten.')
    run(() => {})
    id('sign-in').focus()
  })

  const answered = takeAnswer()
  if (answered) {
    // The reader comes back from the issuer to the place where they left.
    id('try-it').scrollIntoView()
    id('sign-in-title').focus({ preventScroll: true })
    say(result, '', 'Signing in…')
    run(async () => {
      token = await redeem(codeOf(answered), answered.begun.verifier)
      await callWhoami()
    })
  }
${IDENTITY}`
