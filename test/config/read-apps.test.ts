import { readApps } from '../../src/config/read-apps'

function read(given: Record<string, unknown>) {
  const problems: string[] = []
  return { apps: readApps(given, name => void problems.push(name)), problems }
}

test('one mini program by itself, or with its previous AppSecret', () => {
  expect(read({ appid: 'wx1', appSecret: 's' }).apps).toEqual({ wx1: 's' })
  expect(read({ appid: 'wx1', appSecret: 's', appSecretPrevious: 'old' }).apps).toEqual({
    wx1: ['s', 'old'],
  })
})

test('several as they are; none is undefined', () => {
  const apps = { wx1: 'a', wx2: 'b' }
  expect(read({ apps })).toEqual({ apps, problems: [] })
  expect(read({})).toEqual({ apps: undefined, problems: [] })
})

test.each([
  [{ appid: 'wx1' }, 'WX_SECRET'],
  [{ appSecret: 's' }, 'WX_APPID'],
  [{ appSecretPrevious: 's' }, 'WX_SECRET'],
  [{ apps: {}, appid: 'wx1' }, 'WX_APPS'],
])('%p gives no app and one problem, with %s', (given, name) => {
  expect(read(given)).toEqual({ apps: undefined, problems: [name] })
})
