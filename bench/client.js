const net = require('node:net')

/** A server that answers this late has failed, unless the caller is more patient. */
const ANSWER_MS = 10_000
const BUFFER_BYTES = 65_536

/**
 * One connection kept alive: asks, waits for the answer, asks again. It reads just enough HTTP for
 * the servers here, which all tell a Content-Length: node's own client takes more CPU than they do,
 * and shares the cores with them.
 */
function createClient(url, { answerMs = ANSWER_MS } = {}) {
  const { hostname, port } = new URL(url)
  let waiting
  let text = ''
  const socket = net.connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: { buffer: Buffer.allocUnsafe(BUFFER_BYTES), callback: read },
  })
  socket.setTimeout(answerMs, () => {
    const late = waiting
    // A client that was itself kept from running finds its answer in the next look at its sockets.
    setImmediate(() => {
      if (late && late === waiting) socket.destroy(new Error(`no answer in ${answerMs / 1000} s`))
    })
  })
  socket.on('error', error => settle('reject', error))
  socket.on('close', () => settle('reject', new Error('the server closed the connection')))

  function settle(how, value) {
    const asked = waiting
    waiting = undefined
    asked?.[how](value)
  }

  function read(bytes, buffer) {
    text += buffer.latin1Slice(0, bytes)
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return true
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0
    const body = text.slice(end + 4)
    if (body.length < Number(length)) return true
    const answer = { status: Number(text.slice(9, 12)), head: text.slice(0, end), text: body }
    text = ''
    settle('resolve', answer)
    return true
  }

  return {
    /** The port of this end, which tells the other end's process by the system's tables. */
    localPort: () => socket.localPort,
    /** Sends the text of a request; one at a time. */
    ask: request =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection is closed'))
        waiting = { resolve, reject }
        socket.write(request, 'latin1')
      }),
    close: () => socket.destroy(),
  }
}

/** The text of a request, header by header. */
function requestText({ method, path, host, headers = {}, body = '' }) {
  const all = { Host: host, ...headers, ...(body && { 'Content-Length': body.length }) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** One request of JSON on a connection of its own; gives up after 10 s. */
async function askOnce(url, { headers, ...request }) {
  const client = createClient(url)
  const all = { 'Content-Type': 'application/json', ...headers }
  try {
    return await client.ask(requestText({ ...request, host: new URL(url).host, headers: all }))
  } finally {
    client.close()
  }
}

module.exports = { askOnce, createClient, requestText }
