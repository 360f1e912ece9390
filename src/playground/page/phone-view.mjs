import { act } from './actions.mjs'
import { button, element, show } from './element.mjs'
import { nameOfFault } from './faults.mjs'
import { change, state } from './state.mjs'
import { clockTime, words } from './words.mjs'

const PEOPLE = ['alice', 'bob', 'carol']
const MOST_LETTERS = 32

/** A line of the mini program that makes one request, which stands at its end. */
function cell(name, text, route, kind = '') {
  const line = [element('span', {}, text), element('code', {}, route)]
  const attributes = { class: `cell ${kind}`, id: `do-${name}` }
  return element(
    'li',
    {},
    button(line, () => act[name](), attributes),
  )
}

function cells(title, rows) {
  const list = rows.map(row => cell(...row))
  return [element('h3', { class: 'group' }, title), element('ul', { class: 'cells' }, list)]
}

function choose(user) {
  change({ user: user.slice(0, MOST_LETTERS) })
}

function choiceOfPeople() {
  const w = words()
  const people = PEOPLE.map(name =>
    button(name, () => choose(name), {
      class: 'chip',
      id: `person-${name}`,
      'aria-pressed': String(state.user === name),
    }),
  )
  const other = element('input', {
    id: 'other-name',
    placeholder: w.otherName,
    'aria-label': w.otherName,
    maxlength: MOST_LETTERS,
    autocomplete: 'off',
    value: PEOPLE.includes(state.user) ? '' : state.user,
    onchange: ({ target }) => target.value.trim() && choose(target.value.trim()),
  })
  return element('fieldset', { class: 'people' }, element('legend', {}, w.who), people, other)
}

function welcomeScreen() {
  const w = words()
  return [
    element('div', { class: 'hello' }, avatar(state.user), element('p', {}, state.user)),
    choiceOfPeople(),
    button(w.logIn, () => act.logIn(), { class: 'primary wide', id: 'log-in' }),
    element('p', { class: 'note' }, w.logInNote),
  ]
}

function avatar(name) {
  return element('span', { class: 'avatar', 'aria-hidden': 'true' }, [...name][0]?.toUpperCase())
}

function person() {
  const w = words()
  const { profile, user, phoneNumber } = state
  const name = profile?.nickname ?? user
  const number = phoneNumber ?? profile?.phone_number
  const lines = element(
    'div',
    {},
    element('strong', {}, name),
    element('span', {}, profile?.nickname ? user : w.noNickname),
    element('span', { id: 'number' }, number ?? w.noPhone),
  )
  return element('div', { class: 'person' }, avatar(name), lines)
}

function nicknameForm() {
  const w = words()
  const input = element('input', {
    id: 'nickname',
    'aria-label': w.nickname,
    placeholder: w.nickname,
    autocomplete: 'off',
    value: state.profile?.nickname ?? '',
  })
  const save = event => {
    event.preventDefault()
    act.rename(input.value)
  }
  const send = element('button', { class: 'small', id: 'save-nickname' }, w.save)
  return element('form', { class: 'nickname', onsubmit: save }, input, send)
}

function devices() {
  if (!state.sessions) return []
  const w = words()
  const rows = state.sessions.map(({ id, is_current: isCurrent, created_at: since }) =>
    element(
      'li',
      { class: 'device' },
      element(
        'span',
        {},
        isCurrent ? w.thisDevice : w.anotherDevice,
        element('small', {}, `${w.since} ${clockTime(Date.parse(since))}`),
      ),
      !isCurrent && button(w.endIt, () => act.endSession(id), { class: 'small', id: `end-${id}` }),
    ),
  )
  const others = state.sessions.length > 1
  return [
    element('h3', { class: 'group' }, w.devices),
    element('ul', { class: 'cells' }, rows),
    others && button(w.endOthers, () => act.endOthers(), { class: 'small wide', id: 'end-others' }),
  ]
}

function homeScreen() {
  const w = words()
  const isOver = state.login?.is_login === false
  return [
    isOver && element('p', { class: 'over' }, w.loggedOut),
    isOver && button(w.again, () => act.logIn(), { class: 'primary wide', id: 'log-in-again' }),
    person(),
    nicknameForm(),
    cells(w.groups.account, [
      ['me', w.call.me, 'GET /me'],
      ['sessions', w.call.sessions, 'GET /sessions'],
    ]),
    devices(),
    cells(w.groups.wechat, [
      ['phone', w.call.phone, 'POST /phone'],
      ['decrypt', w.call.decrypt, 'POST /decrypt'],
      ['checkSession', w.call.checkSession, 'POST /checksession'],
    ]),
    cells(w.groups.login, [
      ['check', w.call.check, 'GET /checklogin'],
      ['refresh', w.call.refresh, 'POST /refresh'],
      ['logIn', w.again, 'POST /login'],
      ['otherLogin', w.call.otherLogin, 'POST /login'],
      ['logout', w.call.logout, 'POST /logout', 'danger'],
      ['logoutAll', w.call.logoutAll, 'POST /logout', 'danger'],
    ]),
  ]
}

/** Says that WeChat is about to fail, over whatever the phone shows. */
function armedBanner() {
  if (!state.fault) return []
  const w = words()
  return [
    element(
      'div',
      { class: 'armed' },
      element('p', {}, w.armed, ' ', element('code', {}, nameOfFault(state.fault))),
      button(w.tryNow, () => act.logIn(), { class: 'small', id: 'try-now' }),
      button(w.mend, () => act.mend(), { class: 'quiet', id: 'mend' }),
    ),
  ]
}

function trouble() {
  if (!state.hasTrouble) return []
  return [element('p', { class: 'over', id: 'trouble', role: 'alert' }, words().trouble)]
}

/** What a banner at the top says, so that a new one is not left above what can be seen. */
let bannerShown = ''

export function drawPhone() {
  const banner = `${state.fault ? nameOfFault(state.fault) : ''} ${state.login?.is_login === false}`
  document.getElementById('phone-page').textContent = words().appName
  show(
    'phone',
    ...trouble(),
    ...armedBanner(),
    ...(state.token ? homeScreen() : welcomeScreen()).flat(),
  )
  if (banner === bannerShown) return
  bannerShown = banner
  document.getElementById('phone').scrollTop = 0
}
