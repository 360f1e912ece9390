import fc from 'fast-check'
import type { Store } from '../../src/store/contract/store'
import { login } from './contract/samples'

/** What a store should remember, as simply as it can be said. */
export interface Model {
  now: number
  logins: number
  readonly values: Map<string, { value: string; expiresAt: number }>
  readonly codes: Map<string, { owner: string; status: 'claimed' | 'failed'; error: string | null }>
  readonly sessions: Map<string, { userId: string; openid: string }>
  /** openid to the user's id. */
  readonly users: Map<string, string>
}

/** A store under test. Names carry the run's own mark: all runs share one store. */
export interface Real {
  readonly store: Store
  readonly mark: string
}

type Command = fc.AsyncCommand<Model, Real>

export const newModel = (now: number): Model => ({
  now,
  logins: 0,
  values: new Map(),
  codes: new Map(),
  sessions: new Map(),
  users: new Map(),
})

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name }
}

const later = (ms: number) =>
  command(`later(${ms})`, async model => {
    model.now += ms
  })

const alive = (model: Model, name: string) => {
  const held = model.values.get(name)
  return held && held.expiresAt > model.now ? held.value : undefined
}

const readValue = (name: string) =>
  command(`read(${name})`, async (model, { store, mark }) => {
    expect(await store.values.read(mark + name, model.now)).toBe(alive(model, name))
  })

const writeValue = (name: string, value: string, ms: number) =>
  command(`write(${name}, ${value}, ${ms})`, async (model, { store, mark }) => {
    const life = { now: model.now, expiresAt: model.now + ms }
    await store.values.write(mark + name, value, life)
    model.values.set(name, { value, expiresAt: life.expiresAt })
  })

const claimValue = (name: string, value: string, ms: number) =>
  command(`claim(${name}, ${value}, ${ms})`, async (model, { store, mark }) => {
    const life = { now: model.now, expiresAt: model.now + ms }
    const isFree = alive(model, name) === undefined
    // A lease has a holder of its own each time.
    const holder = `${value}-${model.now}-${model.values.size}-${Math.random()}`
    expect(await store.values.claim(mark + name, holder, life)).toBe(isFree)
    if (isFree) model.values.set(name, { value: holder, expiresAt: life.expiresAt })
  })

const dropValue = (name: string, isRight: boolean) =>
  command(`drop(${name}, ${isRight})`, async (model, { store, mark }) => {
    const held = alive(model, name)
    // Whether an expired value can still be dropped is nobody's business.
    if (held === undefined && model.values.has(name)) return
    const given = isRight && held !== undefined ? held : 'another'
    expect(await store.values.drop(mark + name, given)).toBe(isRight && held !== undefined)
    if (given === held) model.values.delete(name)
  })

const claimCode = (code: string, owner: string) =>
  command(`claimCode(${code}, ${owner})`, async (model, { store, mark }) => {
    const known = model.codes.get(code)
    const life = { now: model.now, expiresAt: model.now + 1e9 }
    const claim = { codeHash: mark + code, owner, idempotencyHash: null, ...life }
    // Its own owner may send a claim again whose answer was lost; what then comes differs by store.
    if (known?.owner === owner) return
    const found = await store.codes.claim(claim)
    if (known) expect(found).toMatchObject({ owner: known.owner, status: known.status })
    else expect(found).toBeUndefined()
    if (!known) model.codes.set(code, { owner, status: 'claimed', error: null })
  })

const releaseCode = (code: string, owner: string) =>
  command(`release(${code}, ${owner})`, async (model, { store, mark }) => {
    await store.codes.release(mark + code, owner)
    const known = model.codes.get(code)
    if (known?.owner === owner && known.status === 'claimed') model.codes.delete(code)
  })

const failCode = (code: string, owner: string) =>
  command(`fail(${code}, ${owner})`, async (model, { store, mark }) => {
    const failure = { owner, error: 'code_used', wxErrcode: 40163, now: model.now }
    await store.codes.fail(mark + code, failure)
    const known = model.codes.get(code)
    if (known?.owner !== owner || known.status !== 'claimed') return
    model.codes.set(code, { owner, status: 'failed', error: 'code_used' })
  })

const findCode = (code: string) =>
  command(`findCode(${code})`, async (model, { store, mark }) => {
    const { owner, status, error } = (await store.codes.find(mark + code)) ?? {}
    const known = model.codes.get(code)
    expect({ owner, status, error }).toEqual(known ?? {})
  })

const begin = (openid: string, id: string) =>
  command(`begin(${openid}, ${id})`, async (model, { store, mark }) => {
    if (model.sessions.has(id)) return
    // A new user's id is made anew for each login, as the service does.
    const newUserId = `${mark}user-${++model.logins}`
    const times = { now: model.now, expiresAt: model.now + 1e9 }
    const asked = { sessionId: mark + id, newUserId, openid: mark + openid, ...times }
    const begun = await store.sessions.begin(login(asked))
    const known = model.users.get(openid)
    expect(begun).toMatchObject({ userId: known ?? newUserId, isNewUser: known === undefined })
    model.users.set(openid, begun.userId)
    model.sessions.set(id, { userId: begun.userId, openid })
  })

const findSession = (id: string) =>
  command(`find(${id})`, async (model, { store, mark }) => {
    const known = model.sessions.get(id)
    const userId = known?.userId ?? 'nobody'
    const found = await store.sessions.find({ id: mark + id, userId })
    if (!known) return expect(found).toBeUndefined()
    expect(found).toMatchObject({ id: mark + id, userId, openid: mark + known.openid })
  })

const endSession = (id: string, isOwn: boolean) =>
  command(`end(${id}, ${isOwn})`, async (model, { store, mark }) => {
    const known = model.sessions.get(id)
    const userId = isOwn && known ? known.userId : 'nobody'
    expect(await store.sessions.end({ id: mark + id, userId })).toBe(isOwn && !!known)
    if (isOwn) model.sessions.delete(id)
  })

const endAll = (openid: string) =>
  command(`endAll(${openid})`, async (model, { store, mark }) => {
    const userId = model.users.get(openid) ?? 'nobody'
    const mine = [...model.sessions].filter(([, session]) => session.userId === userId)
    const ended = await store.sessions.endAll(userId)
    expect([...ended].sort()).toEqual(mine.map(([id]) => mark + id).sort())
    for (const [id] of mine) model.sessions.delete(id)
  })

/** What a caller may ask of a store, with few names, so that calls meet each other. */
export function storeCommands(): fc.Arbitrary<Command>[] {
  const name = fc.constantFrom('a', 'b')
  const owner = fc.constantFrom('x', 'y')
  const openid = fc.constantFrom('ann', 'bob')
  const id = fc.constantFrom('1', '2', '3', '4', '5')
  const value = fc.constantFrom('v', 'w')
  const ms = fc.constantFrom(1, 1000, 60_000)
  return [
    fc.tuple(ms).map(args => later(...args)),
    fc.tuple(name).map(args => readValue(...args)),
    fc.tuple(name, value, ms).map(args => writeValue(...args)),
    fc.tuple(name, value, ms).map(args => claimValue(...args)),
    fc.tuple(name, fc.boolean()).map(args => dropValue(...args)),
    fc.tuple(name, owner).map(args => claimCode(...args)),
    fc.tuple(name, owner).map(args => releaseCode(...args)),
    fc.tuple(name, owner).map(args => failCode(...args)),
    fc.tuple(name).map(args => findCode(...args)),
    fc.tuple(openid, id).map(args => begin(...args)),
    fc.tuple(id).map(args => findSession(...args)),
    fc.tuple(id, fc.boolean()).map(args => endSession(...args)),
    fc.tuple(openid).map(args => endAll(...args)),
  ]
}
