import { diskTroubleOf } from '../../../src/store/sqlite/disk-trouble'

test.each([
  ['sqlite_full_13', /full.*df -h/],
  ['sqlite_readonly_1544', /read-only/],
  ['sqlite_io_778', /dmesg/],
  ['sqlite_cannot_open_14', /rights/],
])('%s says what the operator does', (code, words) => {
  expect(diskTroubleOf(code)?.fix).toMatch(words)
})

test('a disk that stalls is trouble that passes: nobody is told to do anything', () => {
  expect(diskTroubleOf('disk_stalled')).toEqual({ fix: undefined })
})

test.each(['sqlite_5', 'too_late', 'deadline'])('%s is no trouble of the disk', code => {
  expect(diskTroubleOf(code)).toBeUndefined()
})
