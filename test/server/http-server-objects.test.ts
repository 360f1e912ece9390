import { once } from 'node:events'
import net from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import express from 'express'
import { createHttpServer } from '../../src/server/http-server'
import { exchange, request } from '../http/raw-socket'
import { STRETCHED } from '../support/patience'

test('requests and answers are Express’s own, and V8 keeps both in their fast form', async () => {
  setFlagsFromString('--allow-natives-syntax')
  const isFast = runInNewContext('object => %HasFastProperties(object)') as (o: object) => boolean
  // Functions are compiled when first called.
  expect([isFast({}), isFast(Object.create(null))]).toEqual([true, false])
  setFlagsFromString('--no-allow-natives-syntax')
  const app = express()
  app.get('/', (req, res) => {
    res.json([req.app === app, res.app === app, req.get('x-asked'), isFast(req), isFast(res)])
  })
  const server = createHttpServer(app, {
    log: { info() {}, warn() {}, error() {} },
    patience: STRETCHED,
  })
  const born: boolean[] = []
  server.prependListener('request', (req, res) => {
    born.push(
      Object.getPrototypeOf(req) === app.request,
      Object.getPrototypeOf(res) === app.response,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  // V8 is generous with the first objects of a class, until it knows how many properties they get.
  for (let i = 0; i < 20; i++) {
    const { answers } = await exchange(port, request('GET /', { 'X-Asked': 'this' }))
    expect(JSON.parse(answers[0]?.text ?? '')).toEqual([true, true, 'this', true, true])
  }
  expect(born).toEqual(Array(40).fill(true))
  server.close()
})

test('a connection that idles keeps nothing of its last request and answer', async () => {
  const seen: WeakRef<object>[] = []
  const app = express()
  app.get('/', (req, res) => {
    seen.push(new WeakRef(req), new WeakRef(res))
    res.json({})
  })
  const server = createHttpServer(app, {
    log: { info() {}, warn() {}, error() {} },
    patience: STRETCHED,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const isGone = () => seen.every(reference => reference.deref() === undefined)
  for (let i = 0; i < 20 && !isGone(); i++) {
    await new Promise(resolve => setTimeout(resolve, 10))
    collect()
  }
  expect(seen).toHaveLength(2)
  expect(isGone()).toBe(true)
  expect(socket.destroyed).toBe(false)
  socket.destroy()
  server.close()
})
