import { html, page } from './html.ts'
import { PASSWORD, users } from './users.ts'

/** The sign-in form. Sends `username` and `password` to its own address. */
export function loginPage ({ hint, failed }: { readonly hint: unknown, readonly failed: boolean }): string {
  const chosen = users.find(user => user.email === hint) ?? users[0]
  return page('Sign in', html`
${failed ? html`<p role="alert">There is no such user, or the password is not <code>${PASSWORD}</code>.</p>` : ''}
<form method="post" action="?">
<fieldset>
<legend>Who are you?</legend>
${users.map(user => html`<label><input type="radio" name="username" value="${user.email}" required${user === chosen ? html` checked` : ''}> ${user.email} <small>${user.about}</small></label>
`)}</fieldset>
<p><label for="password">Password <small>(it is <code>${PASSWORD}</code> for everybody)</small></label>
<input id="password" type="password" name="password" value="${PASSWORD}" autocomplete="off" required></p>
<button class="main">Sign in</button>
</form>`)
}

/** A client's request for a user's consent. */
export interface ConsentRequest {
  readonly client: { readonly id: string, readonly name: string }
  /** The address that gets the answer. */
  readonly redirectUri: string
  /** The API, if the request names one. */
  readonly resource: string | undefined
  /** The e-mail address of the signed-in user. */
  readonly user: string
  /** The requested scopes, each with a note. */
  readonly scopes: ReadonlyArray<{ readonly name: string, readonly note: string }>
}

/** The consent form. Sends `answer`, `allow` or `deny`, to its own address. */
export function consentPage ({ client, redirectUri, resource, user, scopes }: ConsentRequest): string {
  return page(`Allow ${client.name}?`, html`
<p><strong>${client.name}</strong> asks for access${resource ? html` to <code>${resource}</code>` : ''} in the name of <strong>${user}</strong>.</p>
${scopes.length === 0
? html`<p>It asks for no particular permission.</p>`
: html`<ul>
${scopes.map(({ name, note }) => html`<li><code>${name}</code> <small>${note}</small></li>
`)}</ul>`}
<dl>
<dt>Client</dt><dd><code>${client.id}</code></dd>
<dt>Answer goes to</dt><dd><code>${redirectUri}</code></dd>
</dl>
<form method="post" action="?">
<button class="main" name="answer" value="allow">Allow</button>
<button name="answer" value="deny">Deny</button>
</form>
<p><a href="?switch">Use another account</a></p>`)
}

/** Shows an OAuth error. */
export function errorPage (error: string, description = ''): string {
  return page('This did not work', html`
<p role="alert"><code>${error}</code> ${description}</p>
${description.startsWith('Unknown client') ? html`<p>The issuer does not know this client. It forgets all clients when it starts with <code>--fresh</code> or without its file. Remove the server from the client and add it again, so that the client registers anew.</p>` : ''}`)
}

/** The sign-out form. `form` is the provider's own, without buttons. */
export function logoutPage (form: string): string {
  return page('Sign out?', html`
${{ html: form }}
<button class="main" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button form="op.logoutForm">Stay</button>`)
}

/** Confirms the sign-out. */
export function goodbyePage (): string {
  return page('Signed out', html`<p>You are signed out of the development issuer.</p>`)
}
