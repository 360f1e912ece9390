import { startCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

test('simulator answers as WeChat, and takes the options of wechat-simulator', async () => {
  const simulator = startCommand(['simulator', '--port', '0'], { cwd: folder.path })
  await simulator.until('/cgi-bin/stable_token')
  const url = /WX_API_BASE_URL=(\S+)/.exec(simulator.output())?.[1]
  const answer = await fetch(`${url}/sns/jscode2session?appid=no`)
  expect(await answer.json()).toMatchObject({ errcode: expect.any(Number) })
  simulator.child.kill('SIGTERM')
  expect(await simulator.ended).toMatchObject({ code: 0, err: '' })
})

test('simulator --help is the help of wechat-simulator', async () => {
  const { code, out } = await startCommand(['simulator', '--help'], { cwd: folder.path }).ended
  expect(code).toBe(0)
  expect(out).toContain('--adopt')
})
