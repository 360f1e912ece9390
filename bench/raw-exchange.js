const net = require('node:net')

/** A request that gets no answer at all within this time has failed. */
const ANSWER_MS = 20_000

/**
 * A connection that takes any bytes for a request and reads one answer. It is made anew where the
 * server closed it, as servers do after a malformed request.
 */
function createRawClient(port) {
  let socket
  function connect() {
    socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {})
    return socket
  }
  return {
    /**
     * @param {Buffer} bytes
     * @param {{ isHead?: boolean }} options a HEAD has no body, whatever its length is said to be
     * @returns the status and the head of the answer; 0 where the server closed without one
     */
    ask(bytes, { isHead = false } = {}) {
      if (!socket || socket.destroyed || !socket.writable) connect()
      const asked = socket
      return new Promise((resolve, reject) => {
        let text = ''
        const timer = setTimeout(() => finish(undefined, new Error('no answer in time')), ANSWER_MS)
        const onData = chunk => {
          text += chunk.latin1Slice()
          const answer = completeAnswer(text, isHead)
          if (answer) finish(answer)
        }
        const onClose = () => finish({ status: 0, text })
        const finish = (answer, error) => {
          clearTimeout(timer)
          asked.off('data', onData).off('close', onClose)
          if (error || answer.closes) asked.destroy()
          if (error) reject(error)
          else resolve(answer)
        }
        asked.on('data', onData).on('close', onClose)
        asked.write(bytes)
      })
    },
    close: () => socket?.destroy(),
  }
}

function completeAnswer(text, isHead) {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const status = Number(text.slice(9, 12))
  // 100 Continue comes before the answer itself.
  if (status === 100) return completeAnswer(text.slice(end + 4), isHead)
  const head = text.slice(0, end)
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
  const hasBody = !isHead && status !== 204 && status !== 304
  const body = text.slice(end + 4)
  if (hasBody && body.length < length) return undefined
  return { status, text: body, closes: /\r\nconnection: close/i.test(head) }
}

module.exports = { createRawClient }
