import { findMisspelt, meantVariable } from '../../src/config/misspelt-variables'
import { SECRET_VARIABLES, VARIABLES } from '../../src/config/variables'

test.each([
  ['REDISURL', 'REDIS_URL'],
  ['REDIS_URI', 'REDIS_URL'],
  ['DB_URL', 'DATABASE_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['WX_APP_ID', 'WX_APPID'],
  ['WX_APP_SECRET', 'WX_SECRET'],
  ['WECHAT_APPID', 'WX_APPID'],
  ['WECHAT_APP_ID', 'WX_APPID'],
  ['WECHAT_SECRET', 'WX_SECRET'],
  ['WX_APP', 'WX_APPS'],
  ['WX_TIMEOUT', 'WX_TIMEOUT_MS'],
  ['JWT_SECERT', 'JWT_SECRET'],
  ['JWTSECRET', 'JWT_SECRET'],
  ['JWT_SECRETS', 'JWT_SECRET'],
  ['JWT_SECRET_FLIE', 'JWT_SECRET_FILE'],
  ['TRUSTPROXY', 'TRUST_PROXY'],
  ['RATE_LIMITS', 'RATE_LIMIT'],
  ['INTERNALTOKEN', 'INTERNAL_TOKEN'],
  ['TABLE_PREFX', 'TABLE_PREFIX'],
  ['NODE_EVN', 'NODE_ENV'],
])('%s is taken for %s and refused', (name, meant) => {
  expect(meantVariable(name)).toBe(meant)
  expect(findMisspelt({ [name]: 'x' }).refused).toEqual([{ name, meant }])
})

/** From Docker, Kubernetes, PM2, npm, CI, shells, clouds and other programs on the same machine. */
const FOREIGN = `
  PATH HOME USER SHELL TERM LANG PWD OLDPWD SHLVL HOSTNAME HOSTS PORTS POST LOGNAME TZ TMPDIR EDITOR _
  DB_HOST DB_PORT DB_NAME DB_USER DB_PASSWORD DATABASE_HOST DATABASE_NAME DATABASE_PASSWORD
  TEST_DATABASE_URL DATABASE_URL_TEST POSTGRES_URL POSTGRES_PASSWORD MYSQL_URL MYSQL_ROOT_PASSWORD PGHOST
  REDIS_HOST REDIS_PASSWORD REDIS_TLS_URL REDIS_KEY_PREFIX REDIS_PORT REDIS_SERVICE_HOST REDIS_SERVICE_PORT
  REDIS_PORT_6379_TCP REDIS_PORT_6379_TCP_ADDR KUBERNETES_SERVICE_HOST KUBERNETES_PORT_443_TCP_PROTO
  PORT_8080_TCP LOGIN_PORT LOGIN_SERVICE_PORT WEB_CONCURRENCY WORKER WORKERS_PORT WORKER_ID
  NODE_OPTIONS NODE_VERSION NODE_APP_INSTANCE NODE_PATH NODE_EXTRA_CA_CERTS NODENV_ROOT
  PM2_HOME pm_id npm_config_registry npm_package_name npm_lifecycle_event INIT_CWD
  CI GITHUB_TOKEN GITHUB_ACTIONS GITLAB_CI CI_JOB_TOKEN BUILD_NUMBER RUNNER_TEMP DEBIAN_FRONTEND
  HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy no_proxy ALL_PROXY SSL_CERT_FILE
  LOG_LEVEL LOG_FILE LOG_DIR LOGFILE SESSION_SECRET COOKIE_SECRET API_TOKEN AUTH_TOKEN ACCESS_TOKEN_SECRET
  APP_ID APP_SECRET APP_ENV APP_KEY SECRET_KEY TRUSTED_PROXIES TRUSTED_HOSTS RATE_LIMITER_STORE
  WORDPRESS_TABLE_PREFIX DB_TABLE_PREFIX DATABASE_PREFIX AWS_SECRET_ACCESS_KEY TENCENTCLOUD_SECRETID CBR_ENV_ID
`
  .trim()
  .split(/\s+/)

test('names of other programs are left alone, whatever they hold', () => {
  expect(FOREIGN.length).toBeGreaterThan(100)
  const env = Object.fromEntries(FOREIGN.map(name => [name, 'tcp://10.0.0.1:6379']))
  expect(findMisspelt(env)).toEqual({ refused: [], warnings: [] })
})

test('our own names, and the files of our secrets, are no misspellings', () => {
  const ours = [...VARIABLES, ...SECRET_VARIABLES.map(name => `${name}_FILE`)]
  expect(ours.filter(name => meantVariable(name) !== undefined)).toEqual([])
})

test.each([
  { DB_URL: 'x', DATABASE_URL: 'y' },
  { DB_URL: 'x', DATABASE_URL_FILE: 'y' },
])('a misspelling beside the right variable is a warning: it may be for another program', env => {
  const { refused, warnings } = findMisspelt(env)
  expect(refused).toEqual([])
  expect(warnings).toEqual([expect.stringMatching(/DB_URL is not read; DATABASE_URL is/)])
})

test('an empty misspelling is nothing: a template that sets every name to nothing starts', () => {
  expect(findMisspelt({ DB_URL: ' ', WX_APP_ID: '' })).toEqual({ refused: [], warnings: [] })
})

test('a name that begins like ours and sounds like none is a warning', () => {
  const { refused, warnings } = findMisspelt({ WX_MCHID: 'x', JWT_EXPIRES_IN: '7d' })
  expect(refused).toEqual([])
  expect(warnings).toEqual([
    expect.stringContaining('WX_MCHID'),
    expect.stringContaining('JWT_EXPIRES_IN'),
  ])
})
