import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import express from 'express'
import { createLogin, type LoginContext } from 'miniprogram-login'
import { type WebSocket, WebSocketServer } from 'ws'

const { WX_APPID = '', WX_SECRET = '', WX_API_BASE_URL, JWT_SECRET = '', PORT } = process.env

/** The sockets of each session that is open on this process. */
const open = new Map<string, Set<WebSocket>>()
const LOGGED_OUT = 4401
const closeSession = (sessionId: string) => {
  for (const socket of open.get(sessionId) ?? []) socket.close(LOGGED_OUT, 'session_ended')
}

const login = await createLogin({
  apps: { [WX_APPID]: WX_SECRET },
  jwtSecret: JWT_SECRET,
  wxApiBaseUrl: WX_API_BASE_URL,
  // Log-out, disable, erase, the eleventh login: what ended a session closes its sockets.
  onEvent(event) {
    if (event.type === 'session.ended') closeSession(event.sessionId)
  },
})

const server = createServer(express().use('/api', login.router))
const sockets = new WebSocketServer({ noServer: true })

/** wx.connectSocket({ url, header: { Authorization: `Bearer ${token}` } }) */
const tokenOf = ({ headers }: IncomingMessage) => headers.authorization?.replace(/^Bearer /i, '')

server.on('upgrade', (req, socket, head) => {
  socket.on('error', () => socket.destroy())
  const token = tokenOf(req) ?? ''
  login.authenticate(token).then(
    who => sockets.handleUpgrade(req, socket, head, ws => serve(ws, token, who)),
    () =>
      socket.end(
        'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nConnection: close\r\n\r\n',
      ),
  )
})

function serve(socket: WebSocket, token: string, who: LoginContext): void {
  const { sessionId, userId } = who
  open.set(sessionId, (open.get(sessionId) ?? new Set()).add(socket))
  socket.on('close', () => {
    const left = open.get(sessionId)
    left?.delete(socket)
    if (left?.size === 0) open.delete(sessionId)
  })
  socket.on('error', () => socket.terminate())
  // A session may have ended on another process, which tells no event here: so every message asks.
  socket.on('message', message => {
    login.authenticate(token).then(
      () => socket.send(JSON.stringify({ of: userId, said: String(message) })),
      () => socket.close(LOGGED_OUT, 'session_ended'),
    )
  })
}

server.listen(Number(PORT ?? 3000))
