import { SIMULATOR_APP } from '../../../src/simulator/index'
import { type Service, startService } from '../../support/service'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

test('the answer is WeChat’s object without what only the server may know', async () => {
  service.simulator.setUnionidBound(SIMULATOR_APP.appid, true)
  const { token } = await service.logIn('alice')
  const { encryptedData, iv } = service.simulator.encryptUserInfo({ user: 'alice' })
  const ask = service.http.post('/decrypt').set({ token }).send({ encryptedData, iv })
  const { body } = await ask.expect(200)
  expect(Object.keys(body).filter(name => /openid|unionid/i.test(name))).toEqual([])
  expect(body).toMatchObject({ nickName: expect.any(String), watermark: expect.any(Object) })
})
