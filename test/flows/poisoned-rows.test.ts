import { available } from '../support/databases'
import {
  type Fields,
  type RawRecord,
  type RawStore,
  rawRedisStore,
  rawSqlStore,
  sqliteAdmin,
} from '../support/raw-store'
import { INTERNAL_TOKEN, type Service, startService } from '../support/service'
import { sharedDatabase } from '../support/shared-servers/database'
import { SQL_SERVERS } from '../support/sql-servers'
import { temporaryDatabase } from '../support/temporary'

const APPID = 'wx0000000000000000'

/**
 * `npm run poison` tries every row, some 200 on each store. A run of the whole suite tries every
 * sixth, another sixth on each store: a row costs ten requests.
 */
const EVERY = process.env.POISON === 'all' ? 1 : 6

/** The service on a store of a kind, and the same store in the attacker's hands. */
interface Stage {
  readonly service: Service
  readonly raw: readonly RawStore[]
  close(): Promise<void>
}

const STAGES: Record<string, () => Promise<Stage>> = {
  async SQLite() {
    const database = temporaryDatabase()
    const service = await startService({ database: database.url })
    const raw = rawSqlStore(sqliteAdmin(database.file), column => `"${column}"`)
    return stage(service, [raw], database.remove)
  },
  ...(available('postgres') && { PostgreSQL: () => onServer('PostgreSQL', 'postgres') }),
  ...(available('mariadb') && { MariaDB: () => onServer('MariaDB', 'mariadb') }),
  ...(available('redis') && {
    async Redis() {
      const database = temporaryDatabase()
      const redis = await sharedDatabase('redis')
      const service = await startService({ database: database.url, redisUrl: redis.url })
      const users = rawSqlStore(sqliteAdmin(database.file), column => `"${column}"`)
      return stage(service, [await rawRedisStore(redis.url), users], database.remove)
    },
  }),
}

function stage(service: Service, raw: readonly RawStore[], remove = () => {}): Stage {
  return {
    ...{ service, raw },
    async close() {
      for (const each of raw) each.close()
      await service.close()
      remove()
    },
  }
}

async function onServer(name: 'PostgreSQL' | 'MariaDB', kind: 'postgres' | 'mariadb') {
  const { url } = await sharedDatabase(kind)
  const service = await startService({ database: url })
  const admin = await SQL_SERVERS[name]?.connect({ url } as never)
  if (!admin) throw new Error(`no client for ${name}`)
  const isPostgres = name === 'PostgreSQL'
  await admin.query(
    isPostgres ? 'set session_replication_role = replica' : 'set foreign_key_checks = 0',
  )
  return stage(service, [
    rawSqlStore(admin, column => (isPostgres ? `"${column}"` : `\`${column}\``)),
  ])
}

interface Person {
  readonly name: string
  readonly userId: string
  readonly openid: string
  readonly unionid: string
  readonly code: string
  readonly token: string
}

const payloadOf = (token: string): { sub: string; sid: string } =>
  JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString())

async function logIn({ http, simulator }: Service, name: string): Promise<Person> {
  const code = simulator.mintCode({ user: name })
  const sent = http.post('/login').set('Idempotency-Key', `key-of-${name}`).send({ code })
  const { token } = (await sent.expect(200)).body
  const { openid, unionid } = simulator.user(name)
  return { name, userId: payloadOf(token).sub, openid, unionid, code, token }
}

/** Whatever the attacker can do with what is his. Gives what went wrong. */
async function attempt(service: Service, attacker: Person, victim: Person): Promise<string[]> {
  const { http, simulator } = service
  const wrong: string[] = []
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
  const theirs = [victim.userId, victim.openid, victim.unionid]

  function judge(what: string, answer: { status: number; text: string; headers: object }): void {
    if (answer.status >= 500 && answer.status !== 503) wrong.push(`${what}: ${answer.status}`)
    const shown = `${answer.text} ${JSON.stringify(answer.headers)}`
    for (const secret of theirs) if (shown.includes(secret)) wrong.push(`${what}: is the victim`)
  }
  async function show(what: string, token: string): Promise<void> {
    const gateway = { ...bearer(token), 'X-Internal-Token': INTERNAL_TOKEN }
    judge(`/me ${what}`, await http.get('/me').set(bearer(token)))
    judge(`/verify ${what}`, await http.get('/verify').set(gateway))
    judge(`/checklogin ${what}`, await http.get('/checklogin').set(bearer(token)))
    const detail = simulator.encryptPhoneNumber({ user: victim.name, phoneNumber: '13900000000' })
    const opened = await http.post('/decrypt').set(bearer(token)).send(detail)
    judge(`/decrypt ${what}`, opened)
    if (opened.status === 200) wrong.push(`/decrypt ${what}: opened the victim's data`)
  }
  async function take(what: string, answer: Parameters<typeof judge>[1] & { body: object }) {
    judge(what, answer)
    const { token } = answer.body as { token?: string }
    if (answer.status !== 200 || token === undefined) return
    if (payloadOf(token).sub === victim.userId) wrong.push(`${what}: a token of the victim`)
    await show(`after ${what}`, token)
  }

  await show('own token', attacker.token)
  await take('/refresh', await http.post('/refresh').set(bearer(attacker.token)))
  const replay = http.post('/login').set('Idempotency-Key', `key-of-${attacker.name}`)
  await take('replay', await replay.send({ code: attacker.code }))
  const code = simulator.mintCode({ user: attacker.name })
  const genuine = await http.post('/login').send({ code })
  await take('a genuine login', genuine)
  // A user has ten sessions: the one under attack must not be pushed out.
  if (genuine.status === 200) await http.post('/logout').set(bearer(genuine.body.token))
  return wrong
}

const JUNK = ['', 'junk', null, -1] as const

/** The attacker's record with each of the victim's values, alone, all together, and all but one. */
function poisonings({ table, fields: own }: RawRecord, theirs: Fields): Fields[] {
  const names = Object.keys({ ...own, ...theirs }).filter(name => own[name] !== theirs[name])
  const fill = (fields: Fields): Fields =>
    Object.fromEntries(names.map(name => [name, fields[name] ?? null]))
  const [ours, others] = [fill(own), fill(theirs)]
  const keep = (name: string) => ({ ...others, [name]: ours[name] ?? null })
  return [
    ...names.map(name => ({ [name]: others[name] ?? null })),
    others,
    ...names.map(keep),
    // Of a code's record two may have to be right: its name in the store, and the Idempotency-Key.
    ...(/code/.test(table) ? names : []).flatMap((name, i) =>
      names.slice(i + 1).map(second => ({ ...keep(name), [second]: ours[second] ?? null })),
    ),
    ...Object.keys(own).flatMap(name => JUNK.map(junk => ({ [name]: junk }))),
  ]
}

const isOf = ({ userId, token, openid }: Person, { redisKey, fields }: RawRecord): boolean => {
  const { sid } = payloadOf(token)
  const values = Object.values(fields)
  return (
    [userId, sid, openid].some(name => values.includes(name)) ||
    redisKey.includes(sid) ||
    redisKey.endsWith(`{${userId}}:k`)
  )
}

describe.each(Object.keys(STAGES))('whoever writes the store on %s', kind => {
  let staged: Stage
  let service: Service
  beforeAll(async () => {
    staged = (await STAGES[kind]?.()) as Stage
    service = staged.service
    service.simulator.setUnionidBound(APPID, true)
  })
  afterAll(() => staged.close())

  test('and has no secret never becomes another person, and breaks nothing', async () => {
    const [attacker, victim] = [await logIn(service, 'eve'), await logIn(service, 'victim')]
    const figures = { tried: 0, refused: 0, wrong: [] as string[] }
    let turn = Object.keys(STAGES).indexOf(kind)
    for (const raw of staged.raw) {
      const records = await raw.records()
      for (const own of records.filter(each => isOf(attacker, each))) {
        const theirs = records.find(each => each.table === own.table && isOf(victim, each))
        for (const change of poisonings(own, theirs?.fields ?? {})) {
          if (++turn % EVERY !== 0) continue
          figures.tried++
          const poisoned = { ...own.fields, ...change }
          if (await raw.change(own, poisoned)) {
            const wrong = await attempt(service, attacker, victim)
            for (const each of wrong) {
              figures.wrong.push(`${own.table} ${JSON.stringify(change)}: ${each}`)
            }
            await raw.restore(own, poisoned)
          } else figures.refused++
        }
      }
    }
    const { tried, refused, wrong } = figures
    process.stderr.write(
      `\n${kind}: ${tried} poisoned rows tried (${refused} refused by the store), ${wrong.length} wrong\n`,
    )
    expect(wrong).toEqual([])
    expect(tried).toBeGreaterThan(100 / EVERY)
    // Afterwards all is as it was.
    expect(await attempt(service, attacker, victim)).toEqual([])
    expect((await logIn(service, 'victim')).userId).toBe(victim.userId)
  }, 600_000)
})
