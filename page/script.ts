/** The script of the page: tabs, copying, readiness. It writes text only, never markup. */
export const SCRIPT = String.raw`'use strict'
{
  const live = document.getElementById('live')
  const tell = text => { live.textContent = ''; setTimeout(() => { live.textContent = text }, 50) }

  // Tabs, as the ARIA Authoring Practices describe them.
  const list = document.querySelector('[role=tablist]')
  const tabs = [...list.querySelectorAll('[role=tab]')]
  const wide = matchMedia('(min-width: 48rem)')
  const orient = () => list.setAttribute('aria-orientation', wide.matches ? 'vertical' : 'horizontal')

  function select (tab, focus) {
    for (const other of tabs) {
      const isChosen = other === tab
      other.setAttribute('aria-selected', String(isChosen))
      other.tabIndex = isChosen ? 0 : -1
      document.getElementById(other.getAttribute('aria-controls')).hidden = !isChosen
    }
    if (focus) {
      tab.focus()
      tab.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
  }

  list.addEventListener('click', event => {
    const tab = event.target.closest('[role=tab]')
    if (tab) select(tab, true)
  })
  list.addEventListener('keydown', event => {
    const at = tabs.indexOf(document.activeElement)
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (at < 0 || to === undefined || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    select(tabs[(to + tabs.length) % tabs.length], true)
  })
  wide.addEventListener('change', orient)
  orient()
  document.documentElement.classList.add('scripted')
  select(tabs.find(tab => '#' + tab.getAttribute('aria-controls') === location.hash) ?? tabs[0], false)

  document.addEventListener('click', async event => {
    const button = event.target.closest('[data-copy]')
    if (!button) return
    const source = document.getElementById(button.dataset.copy)
    try {
      await navigator.clipboard.writeText(source.textContent)
      button.textContent = 'Copied'
      tell('Copied')
      setTimeout(() => { button.textContent = 'Copy' }, 2000)
    } catch {
      // A page without TLS has no clipboard, unless its host is loopback.
      getSelection().selectAllChildren(source)
      tell('Selected. Press Ctrl+C or Command+C to copy.')
    }
  })

  const readiness = document.getElementById('readiness')
  const STATES = { ready: ['good', 'Ready'], draining: ['bad', 'Stopping'], 'no signing keys': ['bad', 'Not ready: no signing keys'] }

  async function look () {
    const state = await fetch('/health/ready').then(answer => answer.json()).then(({ status }) => STATES[status], () => undefined)
    const [kind, text] = state ?? ['unknown', 'Readiness is not public']
    readiness.dataset.state = kind
    if (readiness.textContent !== text) readiness.textContent = text
  }

  document.addEventListener('visibilitychange', () => { if (!document.hidden) look() })
  look()
}
`
