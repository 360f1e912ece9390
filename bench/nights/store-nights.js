const { execFileSync } = require('node:child_process')
const { closeSync, mkdirSync, openSync, rmSync, writeSync } = require('node:fs')
const { join } = require('node:path')
const { isInstalled, startDatabase } = require('../databases')
const { DOCTOR } = require('./stage')

const REDIS = {
  title: { zh: 'Redis 没了', en: 'Redis is lost' },
  symptom: {
    zh: '登录与检查都答 503：会话在 Redis 里，没有它就不能断定令牌有效，所以不放行，也不说“未登录”。',
    en: 'Logins and checks answer 503. Sessions are in Redis: without it nobody can tell whether a token holds, so nobody is let in, and nobody is called logged out.',
  },
  missing: () => !isInstalled('redis') && 'redis-server is not installed',
  async settings(stage, atEnd) {
    stage.redis = await startDatabase('redis')
    atEnd(() => stage.redis.remove())
    return { REDIS_URL: stage.redis.url }
  },
  alerts: ['StoreDown', 'LoginsFail'],
  panels: [2, 3, 7, 9, 17, 21],
  greps: [{ text: '"store.lost"' }],
  break: ({ redis }) => redis.stop('SIGKILL'),
  broke: { zh: '`kill -9` 了 Redis', en: '`kill -9` of Redis' },
  commands: async ({ tool }) => [await tool(DOCTOR)],
  async mend({ redis, tool }) {
    await redis.start()
    return [await tool(DOCTOR)]
  },
  mended: {
    zh: '重新启动 Redis（数据在 AOF 里，`appendfsync always`）。本服务自己重连，不用重启；没有人被登出。',
    en: 'Redis was started again; its data are in the AOF (`appendfsync always`). The service connects again by itself, and nobody was logged out.',
  },
}

const DISK_MB = 48

const FULL = {
  title: { zh: '数据库的磁盘满了', en: 'The disk of the database is full' },
  symptom: {
    zh: '登录与退出答 503；已登录的人照常，`/checklogin` 只读。',
    en: 'Logins and log-outs answer 503. Who is logged in goes on: `/checklogin` only reads.',
  },
  missing() {
    if (process.getuid?.() !== 0) return 'only root can mount a small disk (tmpfs)'
    return false
  },
  async settings(stage, atEnd, folder) {
    stage.disk = join(folder, 'data')
    mkdirSync(stage.disk, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', stage.disk])
    atEnd(() => execFileSync('umount', ['-l', stage.disk]))
    return { DATABASE_URL: 'sqlite:data/login.db' }
  },
  alerts: ['StoreDown', 'LoginsFail'],
  panels: [2, 3, 7, 9, 17, 18],
  greps: [{ text: '"store.lost"' }],
  break({ disk }) {
    const file = openSync(join(disk, 'yesterday.tar'), 'w')
    try {
      for (;;) writeSync(file, Buffer.alloc(1024))
    } catch {
      closeSync(file)
    }
  },
  broke: {
    zh: `SQLite 在 ${DISK_MB} MB 的 tmpfs 上，一个别的文件 \`yesterday.tar\` 把它写满`,
    en: `SQLite lies on a tmpfs of ${DISK_MB} MB, which another file, \`yesterday.tar\`, fills up`,
  },
  commands: async ({ tool }) => [
    await tool('df -h data'),
    await tool('ls -l data'),
    await tool(DOCTOR),
  ],
  async mend({ disk }) {
    rmSync(join(disk, 'yesterday.tar'))
  },
  mended: {
    zh: '删掉（或移走）占满磁盘的文件；本服务自己恢复，不用重启。`-wal`、`-shm` 是数据库的一部分，绝不能删。',
    en: 'Remove what fills the disk. The service goes on by itself, without a restart. `-wal` and `-shm` are parts of the database: never remove them.',
  },
}

module.exports = { FULL, REDIS }
