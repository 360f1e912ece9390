import { withDeadline } from '../deadline'
import type { CompletedLogin, LoginCode, SessionRef, Store } from '../store'
import { guarded } from './errors'
import type { RedisRoute } from './route'
import {
  CLAIM_CODE,
  CODE_FIELDS,
  lifeOf,
  RELEASE_CODE,
  runScript,
  type Script,
  SETTLE_CODE,
} from './scripts'

const codeKey = (codeHash: string) => `mpl:c:${codeHash}`

export interface RedisCodes {
  readonly methods: Pick<Store, 'claimCode' | 'findCode' | 'releaseCode' | 'failCode'>
  /** The last step of a login, once its session rests safely. */
  settle(login: CompletedLogin, session: SessionRef, isNewUser: boolean): Promise<void>
}

/** Login codes, each a hash that forgets itself. */
export function createRedisCodes(route: RedisRoute): RedisCodes {
  const run = (script: Script, codeHash: string, ...args: (string | number)[]) =>
    guarded(withDeadline(runScript(route, script, [codeKey(codeHash)], args)))

  return {
    methods: {
      async claimCode({ codeHash, owner, idempotencyHash, now, expiresAt }) {
        const fields = fieldsOf({ status: 'claimed', owner, idempotencyHash, claimedAt: now })
        const code = toLoginCode(await run(CLAIM_CODE, codeHash, lifeOf(expiresAt, now), ...fields))
        return code?.owner === owner ? undefined : code
      },

      async findCode(codeHash) {
        const key = codeKey(codeHash)
        const command = ['HMGET', key, ...CODE_FIELDS]
        return toLoginCode(await guarded(withDeadline(route.send(key, command))))
      },

      async releaseCode(codeHash, owner) {
        await run(RELEASE_CODE, codeHash, owner)
      },

      async failCode(codeHash, { owner, error, wxErrcode, now }) {
        const fields = fieldsOf({ status: 'failed', error, wxErrcode, settledAt: now })
        await run(SETTLE_CODE, codeHash, owner, 'claimed', ...fields)
      },
    },

    async settle({ codeHash, owner, now }, { id, userId }, isNewUser) {
      const done = { status: 'done', settledAt: now, sessionId: id, userId }
      const fields = fieldsOf({ ...done, isNewUser: isNewUser ? 1 : 0 })
      await run(SETTLE_CODE, codeHash, owner, '', ...fields)
    },
  }
}

function fieldsOf(fields: Readonly<Record<string, string | number | null>>): (string | number)[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [name, value]))
}

function toLoginCode(reply: unknown): LoginCode | undefined {
  if (!Array.isArray(reply) || reply[0] === null) return undefined
  const code = Object.fromEntries(CODE_FIELDS.map((name, i) => [name, reply[i] ?? null])) as Record<
    (typeof CODE_FIELDS)[number],
    string | null
  >
  const { sessionId: id, userId } = code
  const toNumber = (text: string | null) => (text === null ? null : Number(text))
  return {
    status: code.status as LoginCode['status'],
    owner: String(code.owner),
    idempotencyHash: code.idempotencyHash,
    claimedAt: Number(code.claimedAt),
    settledAt: toNumber(code.settledAt),
    session: id === null || userId === null ? null : { id, userId },
    isNewUser: code.isNewUser === '1',
    error: code.error,
    wxErrcode: toNumber(code.wxErrcode),
  }
}
