import { openStore } from '../../src/store/open'
import { quiet } from '../support/quiet'
import { temporaryDatabase } from '../support/temporary'

test.each(['Users_', 'a-b', 'x; drop table users'])(
  'the table prefix "%s" is refused by the name of its setting, and no file is made',
  async tablePrefix => {
    await expect(openStore('memory:', { ...quiet, tablePrefix })).rejects.toMatchObject({
      name: 'ConfigError',
      problems: [
        { name: 'TABLE_PREFIX (tablePrefix)', problem: expect.stringContaining('letter') },
      ],
    })
  },
)

test('tables take the prefix that is asked for', async () => {
  const database = temporaryDatabase()
  const of = (tablePrefix: string) => openStore(database.url, { ...quiet, tablePrefix })
  const [one, two] = [await of('one_'), await of('two_')]
  await one.counters.count('name', 1000, 1)
  expect(await two.counters.count('name', 1000, 1)).toMatchObject({ count: 1 })
  expect(await one.counters.count('name', 1000, 1)).toMatchObject({ count: 2 })
  await Promise.all([one.close(), two.close()])
  database.remove()
})

test('its patience is the caller’s: a server that does not answer keeps the start no longer', async () => {
  const patience = { ...quiet.patience, startMs: 20 }
  const lost: string[] = []
  const stop = quiet.events.listen(event => {
    if (event.type === 'store.lost') lost.push(event.reason)
  })
  const store = await openStore('postgres://127.0.0.1:1/nobody', { ...quiet, patience })
  await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' })
  await store.close()
  stop()
  expect(lost[0]).toMatch(/ECONNREFUSED|not_open_yet/)
})
