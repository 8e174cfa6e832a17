/** Sends a pasted token to the server, and shows the verdict of each check. */
export const VERDICTS = String.raw`
  const summary = id('verdicts-result')

  async function check (text) {
    const response = await ask('The server', verdicts, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: text })
    if (response.status === 413) throw new Error('This text is far too long to be a token.')
    if (!response.ok) throw new Error('The server does not check it: ' + ((await json('The server', response)).error_description ?? 'no reason given') + '.')
    const checks = await json('The server', response)
    const failed = checks.filter(({ ok }) => !ok)
    id('verdicts').replaceChildren(...checks.map(verdict))
    if (failed.length === 0) say(summary, 'good', 'All ' + checks.length + ' checks passed: the tools may be called with this token.')
    else say(summary, 'bad', (failed.length === 1 ? 'One check' : failed.length + ' checks') + ' of ' + checks.length + ' failed: ' + failed[0].found + '.')
  }

  function verdict ({ title, ok, found, expected, mend }) {
    const mark = element('span', 'mark', ok ? '✓' : '✗')
    mark.setAttribute('aria-hidden', 'true')
    const heading = element('span', '', element('strong', '', title), element('span', 'unseen', ok ? ', passed: ' : ', failed: '))
    if (ok) return element('li', 'passed', mark, heading, element('span', 'found', found))
    const facts = [['found', found], ['expected', expected], ['mend', mend]]
    return element('li', 'failed', mark, heading, element('dl', '', ...facts.flatMap(([name, value]) => [element('dt', '', name), element('dd', '', value)])))
  }

  async function show (text) {
    id('verdicts').replaceChildren()
    if (text.trim() === '') {
      say(summary, 'bad', 'There is no token in the field yet.')
      id('token').focus()
      return
    }
    say(summary, '', 'Checking…')
    await check(text).catch(error => say(summary, 'bad', error.message))
  }

  id('verdicts-form').addEventListener('submit', event => {
    event.preventDefault()
    show(id('token').value)
  })
  id('token').addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) show(id('token').value)
  })
  id('own-token').addEventListener('click', () => show(token))
`
