import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PATIENCE } from '../../src/patience'

const FILE = join(__dirname, '../../examples/systemd/miniprogram-login.service')
const text = readFileSync(FILE, 'utf8')
const settingOf = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]

const analyze = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}
const isThere = analyze('--version').status === 0
if (!isThere)
  process.stderr.write('\nSKIPPED: systemd-analyze is not installed (package systemd)\n')
const testUnit = isThere || process.env.CI ? test : test.skip

testUnit('systemd understands every line of the unit', () => {
  const { status, output } = analyze('verify', '--recursive-errors=no', FILE)
  // The program is not installed where a test runs.
  expect(output.replaceAll(/.*(?:is not executable|Command .* not).*\n/g, '')).toBe('')
  expect(status === 0 || output !== '').toBe(true)
})

testUnit(
  'systemd finds little that the unit could do to the machine: an exposure of 2 at the most',
  () => {
    const { status, output } = analyze('security', '--offline=true', '--threshold=20', FILE)
    expect([status, /Overall exposure level.*/.exec(output)?.[0]]).toEqual([0, expect.any(String)])
  },
)

test('it waits for a stop as long as the service takes at the most, and tells the first process alone', () => {
  const lameDuckMs = 3000
  const longest = lameDuckMs + PATIENCE.drainMs + PATIENCE.lastResortMs
  expect(Number(settingOf('TimeoutStopSec')) * 1000).toBeGreaterThan(longest)
  expect(settingOf('KillMode')).toBe('mixed')
})

test('no secret stands in its environment: they are credentials', () => {
  const settings = text.split('\n').filter(line => line.startsWith('Environment='))
  expect(settings.filter(line => /(?:SECRET|TOKEN|PASSWORD)=/.test(line))).toEqual([])
  expect(text).toMatch(/^LoadCredential=jwt_secret:/m)
})
