const { createTestLogin } = require('miniprogram-login/testing')
const supertest = require('supertest')
const { createShop } = require('./shop')

let t
beforeAll(async () => {
  t = await createTestLogin()
})
afterAll(() => t.close())

test('orders are their user’s own', async () => {
  const { token, userId } = await t.loginAs('alice')
  const asked = supertest(createShop(t.login)).get('/orders')
  const { body } = await asked.set('Authorization', `Bearer ${token}`).expect(200)
  expect(body).toEqual({ orders: [], of: userId })
})

test('nobody sees orders without a login', async () => {
  const { body } = await supertest(createShop(t.login)).get('/orders').expect(401)
  expect(body.error).toBe('token_missing')
})

test('while WeChat is down a login says so, and a token goes on holding', async () => {
  const shop = createShop(t.login)
  const { token } = await t.loginAs('bob')
  t.simulator.fail({ errcode: -1 }, { path: '/sns/jscode2session', times: 1 })
  const login = supertest(shop).post('/api/login').send({ code: t.simulator.mintCode() })
  expect((await login.expect(503)).body.error).toBe('wechat_unavailable')
  await supertest(shop).get('/orders').set('Authorization', `Bearer ${token}`).expect(200)
})
