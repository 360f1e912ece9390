import { readEnvironment } from '../../src/config/read-environment'
import type { Environment } from '../../src/config/read-variables'
import type { LogFields } from '../../src/log'
import { PATIENCE } from '../../src/patience'
import { welcome } from '../../src/server/welcome'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { JWT_SECRET } from '../support/service'

function welcomed(env: Environment, simulatorUrl?: string) {
  const events: [string, LogFields | undefined][] = []
  const record = (event: string, fields?: LogFields) => void events.push([event, fields])
  const plain: string[] = []
  const config = readEnvironment({ DATABASE_URL: 'memory:', ...env }, SIMULATOR_APP)
  welcome('http://localhost:3000', {
    config,
    log: { info: record, warn: record, error: record },
    sink: { write: text => void plain.push(text), dropped: 0, flush: async () => {} },
    patience: PATIENCE,
    simulatorUrl,
  })
  return { events: Object.fromEntries(events), plain }
}

test('the operator hears where it listens and which secret it has, without the secret', () => {
  const { events, plain } = welcomed({ JWT_SECRET, WORKERS: '1' })
  expect(events.listening).toMatchObject({ url: 'http://localhost:3000', workers: 1 })
  expect(events.listening?.jwt_secret).toMatch(/^set, SHA-256 [0-9a-f]{8}$/)
  expect(JSON.stringify(events)).not.toContain(JWT_SECRET)
  expect(plain).toEqual([])
})

test('a secret that this machine made, and a database in memory, are told as what they are', () => {
  const { events } = welcomed({})
  expect(events.listening?.jwt_secret).toBe('development only')
  expect(Object.keys(events)).toEqual(['listening', 'memory_database'])
})

test('a newcomer gets lines to copy, in plain text beside a log for people', () => {
  const { events, plain } = welcomed({}, 'http://127.0.0.1:4000')
  expect(events.wechat_simulator).toMatchObject({ url: 'http://127.0.0.1:4000' })
  expect(plain.join('')).toMatch(/^http:\/\/localhost:3000\/$/m)
  expect(plain.join('')).toMatch(/^curl -s http:\/\/localhost:3000\/login /m)
})

test('a log that a machine reads stays free of them', () => {
  const shown = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
  const { plain } = welcomed({ LOG_FORMAT: 'json' }, 'http://127.0.0.1:4000')
  expect(plain).toEqual([])
  expect(String(shown.mock.calls[0]?.[0])).toContain('curl')
  shown.mockRestore()
})
