/**
 * The page's script: filter, tabs, copying, theme, and the real address in the samples. It asks
 * nothing of any server, and the page can be read without it.
 */
export const PAGE_SCRIPT = `
'use strict'
{
  const page = document.documentElement
  const { copied, base } = document.currentScript.dataset
  const all = selector => [...document.querySelectorAll(selector)]
  const remembered = name => { try { return localStorage.getItem(name) } catch { return null } }
  const remember = (name, value) => { try { localStorage.setItem(name, value) } catch {} }
  page.classList.add('scripted')

  // Where the page really stands: a host app or a gateway may have put it below a path.
  const address = (location.origin + location.pathname).replace(/\\/docs\\/?$/, '')
  if (/^https?:/.test(address)) for (const place of all('.base')) place.textContent = address

  const theme = document.querySelector('.theme')
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const paint = name => { if (name) page.dataset.theme = name }
  paint(remembered('docs-theme'))
  theme.hidden = false
  theme.onclick = () => {
    const isDark = (page.dataset.theme || (dark.matches ? 'dark' : 'light')) === 'dark'
    paint(isDark ? 'light' : 'dark')
    remember('docs-theme', page.dataset.theme)
  }

  const language = document.querySelector('.language')
  const keepPlace = () => { language.hash = location.hash }
  addEventListener('hashchange', keepPlace)
  keepPlace()

  const show = chosen => {
    for (const article of all('article')) {
      const tabs = [...article.querySelectorAll('[data-tab]')]
      const has = tabs.some(tab => tab.dataset.tab === chosen)
      const name = has ? chosen : 'curl'
      for (const tab of tabs) tab.setAttribute('aria-pressed', String(tab.dataset.tab === name))
      for (const block of article.querySelectorAll('[data-sample]')) block.hidden = block.dataset.sample !== name
    }
  }
  show(remembered('docs-sample') || 'curl')
  for (const tab of all('[data-tab]')) {
    tab.onclick = () => {
      const before = tab.getBoundingClientRect().top
      show(tab.dataset.tab)
      // The samples above have other heights now: the button stays under the pointer.
      scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: 'instant' })
      remember('docs-sample', tab.dataset.tab)
    }
  }

  if (navigator.clipboard) {
    for (const button of all('.copy')) {
      const words = button.textContent
      button.hidden = false
      button.onclick = async () => {
        await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent)
        button.textContent = copied
        setTimeout(() => { button.textContent = words }, 1500)
      }
    }
  }

  const filter = document.querySelector('#filter')
  const menu = document.querySelector('nav details')
  const narrow = matchMedia('(max-width: 760px)')
  const fold = () => { menu.open = !narrow.matches || filter.value !== '' }
  narrow.addEventListener('change', fold)
  fold()
  const search = () => {
    const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean)
    for (const item of all('[data-search]')) {
      item.hidden = !words.every(word => item.dataset.search.includes(word))
    }
    for (const part of all('.part, .chapter')) {
      const items = [...part.querySelectorAll('[data-search]')]
      part.hidden = words.length > 0 && items.every(item => item.hidden)
    }
    document.querySelector('#overview').hidden = words.length > 0
    document.querySelector('.nothing').hidden = all('article').some(article => !article.hidden)
    fold()
  }
  filter.hidden = false
  filter.nextElementSibling.hidden = false
  filter.oninput = search
  filter.onkeydown = event => {
    if (event.key === 'Escape') { filter.value = ''; search() }
    if (event.key === 'Enter') document.querySelector('nav li[data-search]:not([hidden]) a')?.focus()
  }
  addEventListener('keydown', event => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    filter.focus()
  })

  // A link from outside, or to what the filter hides, must show its target.
  const links = new Map(all('nav a').map(link => [link.hash.slice(1), link]))
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (target?.closest('[hidden]')) { filter.value = ''; search(); target.scrollIntoView() }
  }
  addEventListener('hashchange', reveal)
  for (const [, link] of links) link.addEventListener('click', () => { if (narrow.matches) menu.open = false })

  const watcher = new IntersectionObserver(entries => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      for (const link of links.values()) link.removeAttribute('aria-current')
      const link = links.get(target.id)
      link?.setAttribute('aria-current', 'true')
      if (!narrow.matches) link?.scrollIntoView({ block: 'nearest' })
    }
  }, { rootMargin: '-10% 0px -80% 0px' })
  for (const target of all('article, #overview, #errors')) watcher.observe(target)
}
`
