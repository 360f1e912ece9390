import { greeting, readCommandLine, USAGE } from '../../src/simulator/command-line'

it('without options it is the fake app on the usual port of this machine alone, by http', () => {
  expect(readCommandLine([])).toEqual({
    port: undefined,
    host: '127.0.0.1',
    apps: undefined,
    adopt: false,
    tls: undefined,
    help: false,
  })
})

it('--app may hold colons in the secret; the same appid twice has two secrets', () => {
  const args = ['--app', 'wxa:1:2', '--app', 'wxb:x', '--app', 'wxa:3']
  expect(readCommandLine(args).apps).toEqual({ wxa: ['1:2', '3'], wxb: ['x'] })
})

it.each([
  [['--port', '65535'], 65535],
  [['--port', '0'], 0],
])('%j is a port', (args, port) => {
  expect(readCommandLine(args).port).toBe(port)
})

it.each([
  [['--port', '65536'], '--port must be a number from 0 to 65535, not "65536"'],
  [['--port', '-1'], '--port'],
  [['--app', 'wxa'], '--app must look like appid:secret'],
  [['--app', ':canary'], '--app must look like appid:secret'],
  [['--prot', '1'], '--prot'],
  [['canary'], 'canary'],
])('%j is an error that names the option', (args, words) => {
  expect(() => readCommandLine(args)).toThrow(words)
})

it('an error about --app never repeats a secret', () => {
  expect(() => readCommandLine(['--app', ':canary'])).not.toThrow('canary')
})

it('the greeting shows the fake secret, and never a given one', () => {
  expect(greeting('http://x', undefined)).toContain('WX_SECRET=5117a7ed5ec7e70005117a7ed5ec7e70')
  const given = greeting('http://x', { wxa: ['canary'] })
  expect(given).not.toContain('canary')
  expect(given).toContain('WX_APPID=wxa\n')
})

it('the greeting says where the certificate is, to those who asked for one', () => {
  const text = greeting('https://x', undefined, '/tls/cert.pem')
  expect(text).toContain('export NODE_EXTRA_CA_CERTS=/tls/cert.pem')
  expect(greeting('http://x', undefined)).not.toContain('CERTS')
})

it('the usage names every option that is read', () => {
  const named = [...USAGE.matchAll(/^ {2}(--\w+)/gm)].map(([, option]) => option)
  expect(named).toEqual(['--port', '--host', '--app', '--adopt', '--tls', '--help'])
})
