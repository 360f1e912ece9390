import express from 'express'
import express4 from 'express4'
import supertest from 'supertest'
import { LoginError } from '../../src/errors'
import { createErrorHandler } from '../../src/http/error-handler'

const log = { info() {}, warn() {}, error() {} }

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('a host’s error handler (%s)', (_name, framework) => {
  const app = framework()
  app.get('/ours', (_req, _res, next) => next(new LoginError('session_key_stale')))
  app.get('/theirs', (_req, _res, next) => next(new TypeError('theirs')))
  app.use(createErrorHandler(log) as express.ErrorRequestHandler)
  app.use(((error, _req, res, _next) => {
    res.status(418).json({ theirs: String(error) })
  }) satisfies express.ErrorRequestHandler)

  test('answers a LoginError in our shape', async () => {
    const { body, headers } = await supertest(app).get('/ours').expect(409)
    expect(body).toMatchObject({ error: 'session_key_stale', action: 'login' })
    expect(headers['cache-control']).toBe('no-store')
  })

  test('passes every other error on', async () => {
    const { body } = await supertest(app).get('/theirs').expect(418)
    expect(body).toEqual({ theirs: 'TypeError: theirs' })
  })
})
