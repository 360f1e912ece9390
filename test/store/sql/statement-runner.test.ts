import { LoginError } from '../../../src/errors'
import type { Result, SqlDriver } from '../../../src/store/sql/driver'
import type { Value } from '../../../src/store/sql/statement'
import { createStatementRunner } from '../../../src/store/sql/statement-runner'
import { statementsFor } from '../../../src/store/sql/statements'

const statements = statementsFor({ dialect: 'sqlite', tablePrefix: 'mpl_', sweepBatch: 5 })

/** Writes down what reaches the database, and answers with these results. */
function recording(results: readonly Result[] = []) {
  const sent: { key: string; values: readonly Value[] }[] = []
  const driver: SqlDriver = {
    async read(key, values) {
      sent.push({ key, values })
      return []
    },
    async write({ key }, values) {
      sent.push({ key, values })
      return results
    },
    async close() {},
  }
  return { sent, ...createStatementRunner(driver, statements) }
}

const failure = { codeHash: 'h', owner: 'o', error: 'code_invalid', wxErrcode: 40029, now: 5 }

describe('what does not compile is refused when it runs, too, and nothing reaches the database', () => {
  const { sent, read, write } = recording()
  const { error: _error, ...withoutError } = failure
  afterAll(() => expect(sent).toEqual([]))

  test('a parameter that is missing', async () => {
    // @ts-expect-error: there is no `error`
    const written = write(['failCode'], withoutError)
    await expect(written).rejects.toThrow('failCode needs the parameter "error"')
    await expect(written).rejects.toBeInstanceOf(TypeError)
    // @ts-expect-error: there is no `codeHash`
    await expect(read('findCode', {})).rejects.toThrow('findCode needs the parameter "codeHash"')
  })

  test('a parameter that is misspelt', async () => {
    // @ts-expect-error: `errror` is none of its parameters
    const written = write(['failCode'], { ...withoutError, errror: 'x' })
    await expect(written).rejects.toThrow('failCode needs the parameter "error"')
  })

  test('a parameter that is undefined: whoever means null says null', async () => {
    // @ts-expect-error: `wxErrcode` is a number or null
    const written = write(['failCode'], { ...failure, wxErrcode: undefined })
    await expect(written).rejects.toThrow('failCode needs the parameter "wxErrcode"')
  })

  test('a parameter of a later statement of the list', async () => {
    // @ts-expect-error: endSession needs a `sessionId`
    const written = write(['endSessionsOfUser', 'endSession'], { userId: 'u' })
    await expect(written).rejects.toThrow('needs the parameter "sessionId"')
  })
})

test('a parameter of another type, and a column that is not selected, do not compile', () => {
  const { read, write } = recording()
  const unused = [
    // @ts-expect-error: `now` is a number
    () => write(['failCode'], { ...failure, now: 'yesterday' }),
    // @ts-expect-error: there is no such statement
    () => write(['failCodes'], failure),
    // @ts-expect-error: a code's row has no `sealed`
    async () => (await read('findCode', { codeHash: 'h' }))[0]?.sealed,
    // @ts-expect-error: a statement that changes rows comes to a number, not to rows
    async () => (await write(['failCode'], failure))[0][0],
  ]
  expect(unused).toHaveLength(4)
})

test('null travels as null, and each parameter once, in one flat list', async () => {
  const { sent, write } = recording([1, 1])
  await write(['failCode', 'releaseCode'], { ...failure, wxErrcode: null })
  const [{ key, values } = { key: '', values: [] }] = sent
  expect(key).toBe('failCode releaseCode')
  expect([...values].sort()).toEqual([null, 5, 'code_invalid', 'h', 'o'].sort())
})

test('what one statement selects is not asked of the caller, for those after it', async () => {
  const { sent, write } = recording([[{ userId: 'u', knownUnionid: null, oldestId: null }], 0])
  const [users] = await write(['findUserOfLogin', 'endOldest'], { appid: 'wx', openid: 'o' })
  expect(users[0]?.userId).toBe('u')
  expect(sent[0]?.values).toEqual(['wx', 'o', null, null])
  // @ts-expect-error: before it is selected, `oldestId` has to be given
  const reversed = write(['endOldest', 'findUserOfLogin'], {
    appid: 'wx',
    openid: 'o',
    userId: 'u',
  })
  await expect(reversed).rejects.toThrow('needs the parameter "oldestId"')
})

test('whatever the database says, callers learn that it is unavailable, and the reason is a code', async () => {
  const failing = (error: Error) =>
    createStatementRunner(
      {
        read: () => Promise.reject(error),
        write: () => Promise.reject(error),
        close: async () => {},
      },
      statements,
    )
  const reasonOf = async (error: Error) => {
    const thrown = await failing(error)
      .write(['failCode'], failure)
      .catch((each: unknown) => each as LoginError)
    expect(thrown).toMatchObject({ code: 'store_unavailable' })
    return (thrown as LoginError).reason
  }
  expect(await reasonOf(Object.assign(new Error('secret'), { code: '40001' }))).toBe('40001')
  expect(await reasonOf(Object.assign(new Error('secret'), { errcode: 5 }))).toBe('sqlite_5')
  expect(await reasonOf(new Error('secret'))).toBe('unknown')
  const own = new LoginError('overloaded', { reason: 'store_queue' })
  await expect(failing(own).write(['failCode'], failure)).rejects.toBe(own)
})
