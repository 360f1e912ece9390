import { passOn, sequencesOf, valuesOf, valuesOfStep } from '../../../src/store/sql/sequence'
import { statementsFor } from '../../../src/store/sql/statements'

const statements = statementsFor({ dialect: 'postgres', tablePrefix: '', sweepBatch: 5 })
const sequenceOf = sequencesOf(statements)

test('a sequence is put together once', () => {
  expect(sequenceOf('endSession')).toBe(sequenceOf('endSession'))
})

test('what a step selects stands where the steps after it look for it', () => {
  const sequence = sequenceOf('findUserOfLogin endOldest')
  const values = valuesOf(sequence, { appid: 'wx', openid: 'o' })
  const [find, end] = sequence.steps
  if (!find || !end) throw new Error('there are two steps')
  expect(valuesOfStep(find, values)).toEqual(['wx', 'o'])
  passOn(find, { userId: 'u', knownUnionid: null, oldestId: 's' }, values)
  expect(valuesOfStep(end, values)).toEqual(['u', 's'])
})

test('a step that selects no row ends the sequence, where a later step needs the row', () => {
  const [find] = sequenceOf('findUserOfLogin endOldest').steps
  const [ids] = sequenceOf('findSessionIds endSessionsOfUser').steps
  if (!find || !ids) throw new Error('there are steps')
  expect(() => passOn(find, undefined, [])).toThrow('findUserOfLogin found no row')
  expect(() => passOn(ids, undefined, [])).not.toThrow()
})

test('a value that a caller gives for one statement is not overwritten by a column of a later one', () => {
  const { steps, params } = sequenceOf('claimValue readValue')
  expect(steps[1]?.selects).toEqual([])
  expect(params.every(({ isGiven }) => isGiven)).toBe(true)
})
