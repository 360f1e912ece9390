import type { Log, LogFields } from '../../src/log'
import { createListenerFaultLog } from '../../src/observe/listener-faults'
import { Clock } from '../support/clock'

function started(error?: Log['error']) {
  const told: LogFields[] = []
  const clock = new Clock()
  const record: Log['error'] = (_event, fields = {}) => void told.push(fields)
  const log: Log = { info() {}, warn() {}, error: error ?? record }
  return { tell: createListenerFaultLog(log, clock.now), told, clock }
}

test('a listener that fails is told with its stack', () => {
  const { tell, told } = started()
  tell(new Error('expected'))
  tell('no error')
  expect(told).toEqual([{ stack: expect.stringMatching(/^Error: expected\n/) }])
})

test('once a minute, with the number of those that were left out', () => {
  const { tell, told, clock } = started()
  for (let i = 0; i < 1000; i++) tell('fault')
  clock.advance(60)
  tell('another')
  expect(told).toEqual([{ stack: 'fault' }, { stack: 'another', untold: 999 }])
})

test('a log that throws is told by Node’s own warning, and disturbs nobody', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const { tell } = started(() => {
    throw new Error('canary')
  })
  expect(() => tell(new Error('canary'))).not.toThrow()
  tell('again')
  expect(warned).toHaveBeenCalledTimes(1)
  expect(JSON.stringify(warned.mock.calls)).not.toContain('canary')
  warned.mockRestore()
})
