import { html, type Html } from '../../page/html.ts'
import { PASSWORD, users } from '../provider/users.ts'
import { PAGE_CLIENT_ID } from './client.ts'
import { VERDICTS_PATH } from './verdicts.ts'

/** Values that the script of the page needs. */
export interface Login {
  /** The development issuer, with its trailing slash. */
  readonly issuer: string
  /** The API identifier that the token is for. */
  readonly audience: string
  /** The scopes that the page asks for. */
  readonly scopes: readonly string[]
  /** The path of the MCP endpoint. */
  readonly endpoint: string
}

/** The part of the page that signs in, calls whoami, and takes a token apart. Without scripts it is not shown. */
export function trySection ({ issuer, audience, scopes, endpoint }: Login): Html {
  return html`<section aria-labelledby="try" class="try" id="try-it" data-issuer="${issuer}" data-client="${PAGE_CLIENT_ID}" data-audience="${audience}" data-scope="${scopes.join(' ')}" data-endpoint="${endpoint}" data-verdicts="${VERDICTS_PATH}">
<h2 id="try">Try it <span class="chip hint">only with the development issuer</span></h2>
<div class="card demo">
<div>
<h3 id="sign-in-title" tabindex="-1">Call whoami as a user</h3>
<p class="about">The page signs in like any client, by authorization code with PKCE. It keeps the token in memory only: a reload forgets it.</p>
<ul class="users">${users.map(({ email, about }) => html`
<li><code>${email}</code> <span class="about">${about}</span></li>`)}
</ul>
<p class="about">The password is <code>${PASSWORD}</code>.</p>
<p class="actions">
<button type="button" id="sign-in">Sign in</button>
<button type="button" id="call-again" class="quiet" hidden>Call whoami again</button>
<button type="button" id="forget" class="quiet" hidden>Forget the token</button>
</p>
<p id="sign-in-result" class="result" role="status"></p>
</div>
<div id="identity" class="outcome"></div>
</div>
<div class="card demo">
<div>
<h3 id="verdicts-title">Take a token apart</h3>
<p class="about">Every check of the server in turn, as <code>npm run doctor -- --token</code> runs them. The token goes to this server only, which does not keep it.</p>
<form id="verdicts-form">
<label for="token">Access token</label>
<textarea id="token" rows="4" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="token-hint"></textarea>
<p id="token-hint" class="about">Get one with <code>npm run token</code>, or an expired one with <code>npm run token -- --expired</code>.</p>
<p class="actions">
<button>Check the token</button>
<button type="button" id="own-token" class="quiet" hidden>Check the token of the sign-in</button>
</p>
</form>
<p id="verdicts-result" class="result" role="status"></p>
</div>
<ol id="verdicts" class="outcome" aria-labelledby="verdicts-title"></ol>
</div>
</section>
`
}
