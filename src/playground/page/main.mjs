import { look } from './actions.mjs'
import { drawAnswer, sentenceOf, toneOf } from './answer-view.mjs'
import { drawFaults } from './faults-view.mjs'
import { drawPhone } from './phone-view.mjs'
import { change, onChange, recall, serverNow, state } from './state.mjs'
import { drawState, tick } from './state-view.mjs'
import { drawTimeline } from './timeline-view.mjs'
import { drawToken } from './token-view.mjs'
import { clockTime, words } from './words.mjs'

let toldOf

/** The words that stand in the page's own markup. */
function drawWords() {
  document.documentElement.lang = state.language === 'zh' ? 'zh-CN' : 'en'
  document.title = `miniprogram-login · ${words().title}`
  for (const place of document.querySelectorAll('[data-word]')) {
    place.textContent = words()[place.dataset.word]
  }
  for (const choice of document.querySelectorAll('[data-language]')) {
    choice.setAttribute('aria-pressed', String(choice.dataset.language === state.language))
  }
}

function draw() {
  drawWords()
  drawPhone()
  drawAnswer()
  drawTimeline()
  drawState()
  drawFaults()
  drawToken()
  document.body.classList.toggle('is-busy', state.isBusy)
  drawLatest()
  tellNewest()
}

/** On a narrow screen the answer is below the phone: the way to it, with the answer in short. */
function drawLatest() {
  const [newest] = state.exchanges
  const link = document.getElementById('latest')
  link.hidden = newest === undefined
  if (newest === undefined) return
  link.className = `latest ${toneOf(newest)}`
  link.textContent = `${newest.method} ${newest.path} · ${newest.status || words().noAnswer}`
}

/** Says the newest answer to those who hear the page, once. */
function tellNewest() {
  const [newest] = state.exchanges
  if (newest === undefined || newest.id === toldOf) return
  toldOf = newest.id
  document.getElementById('timeline').scrollTop = 0
  document.getElementById('status').textContent = sentenceOf(newest)
}

function everySecond() {
  document.getElementById('phone-time').textContent = clockTime(serverNow()).slice(0, 5)
  tick()
}

recall()
onChange(draw)
for (const choice of document.querySelectorAll('[data-language]')) {
  choice.addEventListener('click', () => change({ language: choice.dataset.language }))
}
document.getElementById('clear').addEventListener('click', () => {
  change({ exchanges: [], shown: undefined })
})
draw()
everySecond()
setInterval(everySecond, 1000)
look().catch(() => change({ hasTrouble: true }))
