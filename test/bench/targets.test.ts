import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary'

const ROOT = join(__dirname, '../..')

interface Spread {
  median: number
  min: number
  max: number
}
interface Target {
  id: string
  goal?: number
  ratio?: Spread
}
type Sample = { cpuUs: number; requests: number; beside: number }
const { resultsOf, verdictOf } = require('../../bench/results.js') as {
  resultsOf(
    rounds: Record<string, Sample>[],
    context: { node: string; machine?: string },
    skipped?: Record<string, string>,
  ): { targets: Target[] }
  verdictOf(target: Target): string
}
const { targetsChart } = require('../../bench/targets-chart.js') as {
  targetsChart(results: unknown[]): string
}

const sample = (cpuUs: number, requests = 1000, beside = 0) => ({ cpuUs, requests, beside })
/** A round in which a check takes 40 µs, a login 300, and a hello as long as is said. */
const round = (helloUs: number, checkInStormUs = 340) => ({
  hello: sample(helloUs),
  livez: sample(30),
  verify: sample(42),
  check: sample(40),
  tutorial: sample(1200),
  login: sample(300),
  livezInStorm: sample(330, 1000, 1000),
  checkInStorm: sample(checkInStormUs, 1000, 1000),
})
const targetOf = (rounds: ReturnType<typeof round>[], id: string, node = 'v20.20.2') =>
  resultsOf(rounds, { node }).targets.find(target => target.id === id) as Target

test('a target is the median of the rounds’ own ratios, with the least and the most', () => {
  const { ratio } = targetOf([round(100), round(80), round(50)], 'checklogin')
  expect(ratio).toEqual({ median: 0.5, min: 0.4, max: 0.8 })
})

test('a check in the storm is counted without what the logins cost beside /livez', () => {
  expect(targetOf([round(100)], 'storm').ratio?.median).toBeCloseTo(1, 9)
  expect(targetOf([round(100, 350)], 'storm').ratio?.median).toBeCloseTo(1.25, 9)
})

test.each([
  ['v20.20.2', 0.48],
  ['v24.1.0', 1],
])('under Node %s a check may cost %d of a hello', (node, goal) => {
  expect(targetOf([round(100)], 'checklogin', node).goal).toBe(goal)
})

test('a verdict is given where there is a goal and a figure', () => {
  const ratio = { median: 0.5, min: 0.4, max: 0.6 }
  expect(verdictOf({ id: 'any', goal: 0.5, ratio })).toBe('holds')
  expect(verdictOf({ id: 'any', goal: 0.49, ratio })).toBe('missed')
  expect(verdictOf({ id: 'any', ratio })).toBe('no goal')
  expect(verdictOf(targetOf([round(100)], 'redis'))).toBe('not measured')
})

test('bench:compare tells what is beyond the brackets of two runs', () => {
  const folder = temporaryFolder()
  const files = [
    [round(100), round(98), round(102)],
    [round(50), round(49), round(51)],
  ].map((rounds, number) => {
    const file = join(folder.path, `${number}.json`)
    writeFileSync(file, JSON.stringify(resultsOf(rounds, { node: 'v20.20.2', machine: 'any' })))
    return file
  })
  const script = join(ROOT, 'bench/compare.js')
  const text = execFileSync(process.execPath, [script, ...files], { encoding: 'utf8' })
  folder.remove()
  expect(text).toMatch(/^\/checklogin +0\.40 \[.+\] +0\.80 \[.+\] +2\.00 \[1\.92-2\.08\] +dearer$/m)
  expect(text).toMatch(/^\/login, durable +.+ 1\.00 \[1\.00-1\.00\] +within the brackets$/m)
})

test('the chart has a bar and a goal for each target that was measured, and none for the others', () => {
  const chart = targetsChart([resultsOf([round(100)], { node: 'v20.20.2' })])
  expect(chart.match(/<rect [^>]*height="13" class="c0"/g)).toHaveLength(4)
  expect(chart).not.toContain('Redis')
})
