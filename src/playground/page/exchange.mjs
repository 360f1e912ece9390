import { wechatCalls } from './playground-routes.mjs'
import { change, state } from './state.mjs'

let made = 0

/** So many exchanges stay in the timeline. */
const MOST = 20

const bodyIn = async answer => {
  const text = await answer.text()
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

/** What the phone sends. `sent` is its JSON. */
async function send({ method, path, sent, token }) {
  const headers = {
    ...(sent && { 'Content-Type': 'application/json' }),
    ...(token && { Authorization: `Bearer ${token}` }),
  }
  const init = { method, headers, ...(sent && { body: JSON.stringify(sent) }) }
  const answer = await fetch(path, init)
  return { status: answer.status, body: await bodyIn(answer) }
}

/** What the server asked WeChat between two looks at WeChat's calls. */
function newCalls(before, after) {
  const many = after.total - before.total
  return many > 0 ? after.calls.slice(-many) : []
}

/**
 * Sends one request of the phone's, and notes what went between phone, server and WeChat.
 *
 * @param request `{name, method, path, sent, token}`; `before`: steps that the phone took first
 */
export async function exchange(request, before = []) {
  const began = performance.now()
  const wasCalled = await wechatCalls()
  const at = Date.now() + state.aheadMs
  change({ pending: { ...request, before, at } })
  let answer
  try {
    answer = await send(request)
  } catch (error) {
    answer = { status: 0, body: { error: 'network', message: String(error) } }
  }
  const calls = newCalls(wasCalled, await wechatCalls())
  const done = {
    ...request,
    ...answer,
    before,
    calls,
    ms: Math.round(performance.now() - began),
    at,
    id: ++made,
  }
  // A fault that struck is used up.
  const fault = calls.some(call => call.fault) ? undefined : state.fault
  const exchanges = [done, ...state.exchanges].slice(0, MOST)
  change({ exchanges, shown: done.id, fault, pending: undefined })
  return answer
}

/** As `exchange`, and nobody sees it: the page's own question how things stand. */
export const quietly = send
