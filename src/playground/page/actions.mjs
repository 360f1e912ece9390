import { exchange, quietly } from './exchange.mjs'
import { tampered } from './jwt-parts.mjs'
import {
  breakWeChat,
  encryptedPhone,
  forward,
  loginCode,
  mendWeChat,
  phoneCode,
  rotateSessionKey,
  time,
} from './playground-routes.mjs'
import { change, state } from './state.mjs'

/** A request with this phone's token. */
const own = (name, method, path, sent) => ({ name, method, path, sent, token: state.token })

/** How the login stands now, and who it is. Nobody sees these two requests. */
export async function look() {
  const { now, moves } = await time()
  const { token } = state
  if (!token) return change({ aheadMs: now - Date.now(), clockMoves: moves, login: undefined })
  const { status, body } = await quietly({ method: 'GET', path: '/checklogin', token })
  const login = status === 200 ? { ...body, at: now } : state.login
  change({ aheadMs: now - Date.now(), clockMoves: moves, login })
  if (login?.is_login && !state.profile) await readProfile()
}

async function readProfile() {
  const { status, body } = await quietly(own('me', 'GET', '/me'))
  if (status === 200) change({ profile: body })
}

/** `wx.login`, then `POST /login`. @returns the token, if the login succeeded */
async function logInBy(name) {
  const code = await loginCode(state.user)
  const steps = [
    { from: 'phone', to: 'wechat', text: 'wx.login()' },
    { from: 'wechat', to: 'phone', word: 'loginCode' },
  ]
  const request = { name: 'login', title: name, method: 'POST', path: '/login', sent: { code } }
  const { status, body } = await exchange(request, steps)
  return status === 200 ? body.token : undefined
}

async function logIn() {
  const token = await logInBy('login')
  if (!token) return
  change({ token, profile: undefined, sessions: undefined, phoneNumber: undefined })
}

async function otherLogin() {
  await logInBy('otherLogin')
  if (state.sessions) await readSessions()
}

async function refresh() {
  const { status, body } = await exchange(own('refresh', 'POST', '/refresh'))
  if (status === 200) change({ token: body.token })
}

async function me() {
  const { status, body } = await exchange(own('me', 'GET', '/me'))
  if (status === 200) change({ profile: body })
}

async function rename(nickname) {
  const { status, body } = await exchange(own('rename', 'PUT', '/me', { nickname }))
  if (status === 200) change({ profile: body })
}

async function readSessions() {
  const { status, body } = await quietly(own('sessions', 'GET', '/sessions'))
  if (status === 200) change({ sessions: body.sessions })
}

async function sessions() {
  const { status, body } = await exchange(own('sessions', 'GET', '/sessions'))
  if (status === 200) change({ sessions: body.sessions })
}

async function endSession(id) {
  await exchange(own('endSession', 'DELETE', `/sessions/${id}`))
  await readSessions()
}

async function endOthers() {
  for (const { id, is_current: isCurrent } of state.sessions ?? []) {
    if (!isCurrent) await exchange(own('endSession', 'DELETE', `/sessions/${id}`))
  }
  await readSessions()
}

async function logout(all) {
  const request = all
    ? own('logoutAll', 'POST', '/logout', { all: true })
    : own('logout', 'POST', '/logout')
  const { status } = await exchange(request)
  // A session that had ended before is over, too.
  if (status === 200 || status === 401) forget()
}

/** The phone without anybody in it. */
export function forget() {
  change({ token: undefined, profile: undefined, sessions: undefined, phoneNumber: undefined })
}

async function phone() {
  const code = await phoneCode(state.user)
  const steps = [
    { from: 'phone', to: 'wechat', word: 'button' },
    { from: 'wechat', to: 'phone', word: 'phoneCode' },
  ]
  const { status } = await exchange(own('phone', 'POST', '/phone', { code }), steps)
  if (status === 200) await readProfile()
}

async function decrypt() {
  const data = await encryptedPhone(state.user)
  const steps = [
    { from: 'phone', to: 'wechat', word: 'button' },
    { from: 'wechat', to: 'phone', word: 'encrypted' },
  ]
  const { status, body } = await exchange(own('decrypt', 'POST', '/decrypt', data), steps)
  if (status === 200) change({ phoneNumber: body.phoneNumber })
}

/** The next call of WeChat goes wrong in this way, and in no other that was picked before. */
async function arm(fault) {
  await mendWeChat()
  await breakWeChat(fault)
  change({ fault })
}

async function mend() {
  await mendWeChat()
  change({ fault: undefined })
}

/** WeChat tells nobody that it has replaced a key: the server learns it when it asks. */
async function rotate() {
  await rotateSessionKey(state.user)
  await exchange(own('checkSession', 'POST', '/checksession'))
}

const requests = {
  logIn,
  otherLogin,
  refresh,
  me,
  rename,
  sessions,
  endSession,
  endOthers,
  phone,
  decrypt,
  check: () => exchange(own('check', 'GET', '/checklogin')),
  checkSession: () => exchange(own('checkSession', 'POST', '/checksession')),
  tampered: () => exchange({ ...own('tampered', 'GET', '/me'), token: tampered(state.token) }),
  logout: () => logout(false),
  logoutAll: () => logout(true),
  forward: minutes => forward(minutes * 60),
  rotate,
  arm,
  mend,
}

/** What a person can do here, one thing at a time; afterwards the page looks how things stand. */
export const act = Object.fromEntries(
  Object.entries(requests).map(([name, request]) => [
    name,
    async (...given) => {
      if (state.isBusy) return
      change({ isBusy: true })
      try {
        await request(...given)
        await look()
        change({ hasTrouble: false })
      } catch {
        change({ hasTrouble: true, pending: undefined })
      } finally {
        change({ isBusy: false })
      }
    },
  ]),
)
