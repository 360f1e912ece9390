import { LoginError } from '../../src/errors'
import { createDecrypt } from '../../src/login/decrypt'
import type { OpenData, OpenDataKeys } from '../../src/login/platform'
import { createSessionSecrets } from '../../src/login/session-secrets'
import type { Session } from '../../src/store/contract/sessions'
import { createSigningKeys } from '../../src/token/signing-keys'
import { OTHER_JWT_SECRET } from '../support/secrets'
import { ORIGIN, type PartsOptions, startParts } from './parts'

/** Three logins of one user, the oldest first; each brings a session_key of its own. */
async function setUp(open: OpenData['open'] = () => ({ nickName: 'ann' })) {
  let logins = 0
  const platform: PartsOptions['platform'] = {
    exchangeCode: async () => ({ openid: 'oAnn', sessionKey: `key-${++logins}` }),
  }
  const parts = startParts({ platform })
  const { store, events, secrets, clock } = parts
  const sessions: Session[] = []
  for (const code of ['one', 'two', 'three']) {
    sessions.push(await parts.sessionOf(code))
    clock.advance(1)
  }
  parts.told.length = 0
  const keys: OpenDataKeys[] = []
  const readOpenData = (): OpenData => ({
    open(given) {
      keys.push(given)
      return open(given)
    },
  })
  const options = { platform: { readOpenData }, store, events, secrets, now: clock.now }
  const [oldest, second, newest] = sessions as [Session, Session, Session]
  return { ...parts, options, decrypt: createDecrypt(options), keys, oldest, second, newest }
}
const ownerOf = ({ id: sessionId, userId, appid, openid }: Session) => {
  return { sessionId, userId, appid, openid }
}

test('the asking session’s key is tried first, then the others from newest to oldest', async () => {
  const { decrypt, second, keys, clock } = await setUp()
  expect(await decrypt(ownerOf(second), {}, ORIGIN)).toEqual({ nickName: 'ann' })
  const { appid } = second
  expect(keys).toEqual([
    { appid, openid: 'oAnn', now: clock.ms, sessionKeys: ['key-2', 'key-3', 'key-1'] },
  ])
})

test('a key that two sessions hold is tried once', async () => {
  const { decrypt, newest, oldest, secrets, store, keys } = await setUp()
  const sealed = secrets.seal({ openid: 'oAnn', sessionKey: 'key-3' }, oldest)
  await store.sessions.reseal(oldest, { sealed, from: oldest.sessionKeyHash })
  await decrypt(ownerOf(newest), {}, ORIGIN)
  expect(keys[0]?.sessionKeys).toEqual(['key-3', 'key-2'])
})

test('keys whose sealing secret is gone, and sessions without one, are left out', async () => {
  const { options, decrypt, newest, oldest, secrets, store, events, keys } = await setUp()
  const sealed = secrets.seal({ openid: 'oAnn' }, oldest)
  await store.sessions.reseal(oldest, { sealed, from: oldest.sessionKeyHash })
  await decrypt(ownerOf(newest), {}, ORIGIN)
  expect(keys[0]?.sessionKeys).toEqual(['key-3', 'key-2'])
  const rotated = createSessionSecrets({
    signingKeys: createSigningKeys(OTHER_JWT_SECRET),
    events,
    isUpgrading: () => false,
  })
  await createDecrypt({ ...options, secrets: rotated })(ownerOf(newest), {}, ORIGIN)
  expect(keys[1]?.sessionKeys).toEqual([])
})

test('opened data is told, with whose it is and nothing of what it says', async () => {
  const { decrypt, newest, heard } = await setUp()
  await decrypt(ownerOf(newest), { encryptedData: 'canary' }, ORIGIN)
  const { id: sessionId, userId, appid } = newest
  expect(heard('data.opened')).toEqual([
    {
      ...{ type: 'data.opened', appid, userId, sessionId },
      ...{ ...ORIGIN, durationMs: expect.any(Number) },
    },
  ])
})

test('data that does not open is told with its error, also where a host gives no origin', async () => {
  const stale = () => {
    throw new LoginError('session_key_stale')
  }
  const { decrypt, newest, heard } = await setUp(stale)
  await expect(decrypt(ownerOf(newest), {})).rejects.toMatchObject({ code: 'session_key_stale' })
  expect(heard('data.opened')).toMatchObject([
    { error: 'session_key_stale', userId: newest.userId },
  ])
})

test('data that is malformed is refused before the store is asked, and told', async () => {
  const { options, newest, heard, store } = await setUp()
  const malformed = () => {
    throw new LoginError('data_undecryptable', { reason: 'not_base64' })
  }
  const list = jest.spyOn(store.sessions, 'list')
  const decrypt = createDecrypt({ ...options, platform: { readOpenData: malformed } })
  await expect(decrypt(ownerOf(newest), {}, ORIGIN)).rejects.toMatchObject({ reason: 'not_base64' })
  expect(list).not.toHaveBeenCalled()
  expect(heard('data.opened')).toMatchObject([
    { error: 'data_undecryptable', reason: 'not_base64' },
  ])
})
