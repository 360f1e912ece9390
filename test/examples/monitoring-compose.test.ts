import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { VARIABLES } from '../../src/config/variables'
import { PATIENCE } from '../../src/patience'

const FOLDER = join(__dirname, '../../examples/monitoring')
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8')
const compose = parse(read('compose.yaml'))
const { login, prometheus, grafana } = compose.services
const config = parse(read('prometheus.compose.yml'))
const shipped = parse(read('prometheus.yml'))
const [datasource] = parse(read('grafana/datasource.yml')).datasources
const [provider] = parse(read('grafana/dashboards.yml')).providers

/** What a service mounts: a file or folder of this one, and where it stands inside. */
const mountsOf = (service: { volumes: string[] }) =>
  service.volumes.map(volume => {
    const [from = '', to = '', mode] = volume.split(':')
    return { from, to, mode }
  })
const target = (service: { volumes: string[] }, from: string) =>
  mountsOf(service).find(mount => mount.from === from)?.to

test('every file that is mounted is there, is only read, and every volume is named', () => {
  const mounts = [login, prometheus, grafana].flatMap(mountsOf)
  const files = mounts.filter(({ from }) => from.startsWith('.'))
  expect(files.length).toBeGreaterThan(4)
  for (const { from, mode } of files) {
    expect([from, existsSync(join(FOLDER, from)), mode]).toEqual([from, true, 'ro'])
  }
  const named = mounts.filter(({ from }) => !from.startsWith('.')).map(({ from }) => from)
  expect(named.sort()).toEqual(Object.keys(compose.volumes).sort())
})

test('Prometheus scrapes the service by its name and port there, as the job that the alerts ask for', () => {
  const [job] = config.scrape_configs
  const [{ targets }] = job.static_configs
  const [, inside] = /^127\.0\.0\.1:\d+:(\d+)$/.exec(login.ports[0]) ?? []
  expect(targets).toEqual([`login:${inside}`])
  expect(read('rules.yml')).toContain(`up{job="${job.job_name}"}`)
})

test('but for its target and its credential it is the configuration of prometheus.yml', () => {
  const rest = ({ scrape_configs: [{ job_name }], ...others }: typeof shipped) => ({
    ...others,
    job_name,
  })
  expect(rest(config)).toEqual(rest(shipped))
})

test('the rules lie where the configuration looks for them, beside it', () => {
  expect(target(prometheus, './prometheus.compose.yml')).toBe('/etc/prometheus/prometheus.yml')
  expect(target(prometheus, './rules.yml')).toBe(`/etc/prometheus/${config.rule_files[0]}`)
})

test('Prometheus shows the token that the service takes', () => {
  const { authorization } = config.scrape_configs[0]
  expect(login.environment.INTERNAL_TOKEN_FILE).toBe(authorization.credentials_file)
  expect(authorization.credentials_file).toBe('/run/secrets/internal_token')
  for (const service of [login, prometheus]) expect(service.secrets).toContain('internal_token')
})

test('Grafana asks that Prometheus, and finds the dashboard in the folder that it is told', () => {
  const [, inside] = /:(\d+)$/.exec(prometheus.ports[0]) ?? []
  expect(datasource).toMatchObject({ type: 'prometheus', url: `http://prometheus:${inside}` })
  expect(target(grafana, './grafana/datasource.yml')).toMatch(
    /^\/etc\/grafana\/provisioning\/datasources\/[\w-]+\.yml$/,
  )
  expect(target(grafana, './grafana/dashboards.yml')).toMatch(
    /^\/etc\/grafana\/provisioning\/dashboards\/[\w-]+\.yml$/,
  )
  expect(target(grafana, './dashboard.json')).toMatch(`${provider.options.path}/`)
})

test('every variable of the service is one that it reads, and every secret comes as a file', () => {
  const names = Object.keys(login.environment)
  expect(names.filter(name => !VARIABLES.includes(name.replace(/_FILE$/, '')))).toEqual([])
  expect(names.filter(name => /SECRET|TOKEN/.test(name) && !name.endsWith('_FILE'))).toEqual([])
  const taken = [login, prometheus, grafana].flatMap(({ secrets }) => secrets)
  expect([...new Set(taken)].sort()).toEqual(Object.keys(compose.secrets).sort())
})

test('nothing is open to other machines, no two take one port, and the data survive', () => {
  const ports: string[] = [login, prometheus, grafana].flatMap(service => service.ports)
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  expect(new Set(ports.map(port => port.split(':')[1])).size).toBe(ports.length)
  const dockerfile = readFileSync(join(FOLDER, '../../Dockerfile'), 'utf8')
  expect(dockerfile).toContain(`sqlite:${target(login, 'login')}/`)
  const longest = 3000 + PATIENCE.drainMs + PATIENCE.lastResortMs
  expect(Number.parseInt(login.stop_grace_period, 10) * 1000).toBeGreaterThan(longest)
})
