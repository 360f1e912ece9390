import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { VARIABLES } from '../../src/config/variables'
import { PATIENCE } from '../../src/patience'

const compose = parse(readFileSync(join(__dirname, '../../compose.yaml'), 'utf8'))
const { login, postgres, redis } = compose.services

test('every variable of the service is one that it reads, and every secret comes as a file', () => {
  const names = Object.keys(login.environment)
  expect(names.filter(name => !VARIABLES.includes(name.replace(/_FILE$/, '')))).toEqual([])
  const secrets = names.filter(name => /SECRET|TOKEN|_URL/.test(name) && !name.endsWith('_FILE'))
  // It undoes the image's own, which names a SQLite file.
  expect(secrets.map(name => [name, login.environment[name]])).toEqual([['DATABASE_URL', '']])
})

test('every secret that a service takes is defined, and every one defined is taken', () => {
  const taken = [login, postgres, redis].flatMap(({ secrets }) => secrets)
  expect(Object.keys(compose.secrets).sort()).toEqual([...taken].sort())
  const files = Object.entries<string>(login.environment).filter(([name]) => name.endsWith('_FILE'))
  expect(files.map(([, file]) => file.replace('/run/secrets/', '')).sort()).toEqual(
    [...login.secrets].sort(),
  )
})

test('the service starts after stores that are well, and has a root that is read-only and no rights', () => {
  for (const name of Object.keys(login.depends_on)) {
    expect(login.depends_on[name].condition).toBe('service_healthy')
    expect(compose.services[name].healthcheck.test).toBeDefined()
  }
  expect(login).toMatchObject({ read_only: true, cap_drop: ['ALL'], init: false })
  expect(login.security_opt).toContain('no-new-privileges:true')
})

test('the port is for a proxy of this machine, and that one is trusted to say who asks', () => {
  for (const port of login.ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  expect(login.environment.TRUST_PROXY).toMatch(/:-1\}$/)
})

test('a stop is waited for as long as the service takes at the most', () => {
  const longest = 3000 + PATIENCE.drainMs + PATIENCE.lastResortMs
  expect(Number.parseInt(login.stop_grace_period, 10) * 1000).toBeGreaterThan(longest)
})

test('Redis forgets nothing: what docs/operations.md asks for is what it is started with', () => {
  for (const setting of [
    '--appendonly yes',
    '--appendfsync always',
    '--maxmemory-policy noeviction',
    '--tracking-table-max-keys 0',
    '--hash-max-listpack-value 512',
  ]) {
    expect(redis.command).toContain(setting)
  }
})
