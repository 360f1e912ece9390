import type { SqlDialect } from '../../../src/store/sql/tables'

/** The steps of 0.1.0, the version without a table prefix, as its list of migrations names them. */
export const RELEASED_STEPS = [
  '0001_users',
  '0002_sessions',
  '0003_login_codes',
  '0004_sessions_expiry',
  '0005_login_codes_expiry',
  '0006_call_counts',
  '0007_call_counts_end',
  '0008_login_codes_by_arrival',
  '0009_user_lookups',
  '0010_shared_values',
  '0011_shared_values_expiry',
  '0012_users_key_checked_at',
  '0013_users_key_valid',
] as const

/** `"name"` is a name, `{end}` what the dialect puts behind a table, `{codes}` behind login_codes. */
const TABLES = [
  '"login_migrations" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null)',
  '"login_migrations_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null)',
  '"users" ("id" varchar(32) primary key, "appid" varchar(64) not null, "openid" varchar(512) not null, "unionid" varchar(512), "nickname" varchar(256), "avatar_url" varchar(1024), "phone_number" varchar(32), "key_hash" varchar(32) not null, "key_at" bigint not null, "created_at" bigint not null, "last_login_at" bigint not null, "key_checked_at" bigint, "key_valid" integer, constraint "users_identity" unique ("appid", "openid")) {end}',
  '"sessions" ("id" varchar(48) not null, "user_id" varchar(32) not null, "sealed" text not null, "key_hash" varchar(32) not null, "created_at" bigint not null, "expires_at" bigint not null, constraint "sessions_id" primary key ("user_id", "id"), constraint "sessions_user" foreign key ("user_id") references "users" ("id") on delete cascade) {end}',
  '"call_counts" ("key" varchar(128) primary key, "count" integer not null, "ends_at" bigint not null) {end}',
  '"login_codes" ("hash" varchar(32) primary key, "status" varchar(8) not null, "owner" varchar(32) not null, "idempotency_hash" varchar(32), "claimed_at" bigint not null, "settled_at" bigint, "session_id" varchar(48), "user_id" varchar(32), "is_new_user" integer default 0 not null, "error" varchar(32), "wx_errcode" integer, "expires_at" bigint not null) {codes}',
  '"shared_values" ("key" varchar(128) primary key, "value" text not null, "expires_at" bigint not null) {end}',
]

const INDEXES = [
  '"sessions_expiry" on "sessions" ("expires_at")',
  '"login_codes_expiry" on "login_codes" ("expires_at")',
  '"call_counts_end" on "call_counts" ("ends_at")',
  '"users_unionid" on "users" ("unionid") where "unionid" is not null',
  '"users_phone" on "users" ("phone_number") where "phone_number" is not null',
  '"shared_values_expiry" on "shared_values" ("expires_at")',
]

/** A person who has logged in, with all that version remembered of it. */
const ROWS = [
  `insert into "users" values ('u1', 'wx0000000000000000', 'openid-1', 'union-1', 'nick', null, '13800000000', 'key-1', 5, 5, 7, 6, 1)`,
  `insert into "sessions" values ('s1', 'u1', 'kid.sealed', 'key-1', 7, 9000)`,
  `insert into "login_codes" values ('h1', 'done', 'o1', null, 6, 7, 's1', 'u1', 1, null, null, 9000)`,
  `insert into "call_counts" values ('address', 3, 9000)`,
  `insert into "shared_values" values ('lease', 'holder', 9000)`,
]

const MYSQL_END = 'engine = innodb character set utf8mb4 collate utf8mb4_bin'
const ENDS: Readonly<Record<SqlDialect, { end: string; codes: string }>> = {
  sqlite: { end: 'without rowid', codes: '' },
  postgres: { end: '', codes: '' },
  mysql: { end: MYSQL_END, codes: MYSQL_END },
}

/** What makes a database of 0.1.0, up to this step, in which somebody has logged in. */
export function releasedDatabase(dialect: SqlDialect, lastStep = '0013'): readonly string[] {
  const { end, codes } = ENDS[dialect]
  const isFirstRelease = lastStep < '0008'
  const steps = RELEASED_STEPS.filter(step => step.slice(0, 4) <= lastStep)
  const statements = [
    ...TABLES.map(table => `create table ${table}`),
    ...INDEXES.map(index => `create index ${index}`),
    ...ROWS,
    ...steps.map(
      step => `insert into "login_migrations" values ('${step}', '2026-01-02T03:04:05Z')`,
    ),
    ...(isFirstRelease
      ? [
          'drop table "shared_values"',
          'alter table "users" drop column "key_checked_at"',
          'alter table "users" drop column "key_valid"',
        ]
      : []),
  ]
  return statements.map(statement => {
    const text = statement
      .replace('{end}', end)
      .replace('{codes}', isFirstRelease ? end : codes)
      .trim()
    if (dialect !== 'mysql') return text
    return text.replace(/ where .*$/, '').replaceAll('"', '`')
  })
}
