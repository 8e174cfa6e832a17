/** Calls whoami with the token, and shows the identity as a card. */
export const IDENTITY = String.raw`
  async function callWhoami () {
    const start = performance.now()
    const response = await ask('The server', endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25', authorization: 'Bearer ' + token },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } })
    })
    const body = await json('The server', response)
    if (!response.ok || !body.result) throw new Error(refusal(response, body))
    if (body.result.isError) throw new Error('whoami failed: ' + body.result.content.map(({ text }) => text).join(' '))
    id('identity').replaceChildren(identityCard(body.result.structuredContent))
    say(result, 'good', 'whoami answered ' + response.status + ' after ' + Math.max(1, Math.round(performance.now() - start)) + ' ms.')
  }

  /** Why the server refused, as a sentence. */
  function refusal (response, body) {
    const challenge = response.headers.get('www-authenticate') ?? ''
    const description = body.error_description ?? body.error?.message ?? 'no reason given'
    const [, missing] = /\bscope="([^"]*)"/.exec(challenge) ?? []
    if (response.status === 403 && missing) return 'The token lacks the scope ' + missing + ', because this user does not have that permission. The server answers 403.'
    if (response.status === 401 && /expired/.test(description)) return 'The token has expired. The server answers 401. Sign in again.'
    return 'The server refuses the call: ' + description + '. The status is ' + response.status + '.'
  }

  function identityCard ({ subject, clientId, kind, actor, organization, issuer, audience, scopes, permissions, issuedAt, expiresAt, expiresIn }) {
    const code = text => element('code', '', text)
    const chips = list => list.length === 0 ? ['none'] : list.flatMap(text => [element('code', 'chip', text), ' '])
    const time = iso => {
      const made = element('time', '', new Date(iso).toLocaleString())
      made.dateTime = iso
      return made
    }
    const facts = [
      ['Scopes', chips(scopes)],
      ['Permissions', chips(permissions)],
      ['Client', [code(clientId)]],
      ...(actor ? [['Acts for them', [code(actor)]]] : []),
      ...(organization ? [['Organization', [organization.name ?? organization.id]]] : []),
      ['Issuer', [code(issuer)]],
      ['Audience', audience.flatMap((text, i) => [i === 0 ? '' : ', ', code(text)])],
      ['Issued', [time(issuedAt)]],
      ['Expires', [time(expiresAt), ', in ' + Math.round(expiresIn / 60) + ' minutes']]
    ]
    const face = element('span', 'face', subject.replace(/^.*\|/, '').charAt(0).toUpperCase())
    face.setAttribute('aria-hidden', 'true')
    const list = element('dl', 'facts', ...facts.flatMap(([name, value]) => [element('dt', '', name), element('dd', '', ...value)]))
    return element('article', 'identity',
      element('header', '', face, element('div', '', element('h4', '', code(subject)), element('p', '', 'is a ' + kind + ', says whoami'))), list)
  }
`
