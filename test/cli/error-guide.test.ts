import { FAULTS, GUIDES } from '../../src/cli/error-guide'
import { ERRORS } from '../../src/errors'

test('every error of the service has a guide, in both languages', () => {
  expect(Object.keys(ERRORS).filter(name => !GUIDES[name])).toEqual([])
  for (const { fault, todo } of Object.values(GUIDES)) {
    expect(FAULTS[fault].zh && FAULTS[fault].en && todo.zh && todo.en).toBeTruthy()
  }
})
