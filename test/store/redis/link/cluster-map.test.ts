import { nodeOf, readClusterMap } from '../../../../src/store/redis/link/cluster-map'
import { slotOf } from '../../../../src/store/redis/link/slots'

const half = slotOf('user')
const twoNodes = [
  [0, half, ['10.0.0.1', 6379, 'id'], ['10.0.0.9', 6379, 'a replica']],
  [half + 1, 16_383, ['10.0.0.2', 6380, 'id']],
]

test('each slot has the primary that the cluster names', () => {
  const map = readClusterMap(twoNodes, 'asked')
  expect(map?.ownerOf('user')).toBe('10.0.0.1:6379')
  expect([...(map?.names ?? [])]).toEqual(['10.0.0.1:6379', '10.0.0.2:6380'])
})

test('a node that does not know its own host is the one that was asked', () => {
  expect(readClusterMap([[0, 16_383, ['', 7000]]], 'asked')?.ownerOf('user')).toBe('asked:7000')
})

test('a slot that nobody has has no owner', () => {
  expect(readClusterMap([[0, half - 1, ['a', 1]]], 'asked')?.ownerOf('user')).toBeUndefined()
})

test.each([[undefined], [[]], ['OK'], [null]])('%j is no map', reply => {
  expect(readClusterMap(reply, 'asked')).toBeUndefined()
})

test('two maps differ when one slot has another owner', () => {
  const map = readClusterMap(twoNodes, 'asked')
  const moved = [
    [0, half - 1, ['10.0.0.1', 6379]],
    [half, 16_383, ['10.0.0.2', 6380]],
  ]
  if (!map) throw new Error('it is a map')
  expect(map.hasSameOwners(readClusterMap(twoNodes, 'asked') ?? map)).toBe(true)
  expect(readClusterMap(moved, 'asked')?.hasSameOwners(map)).toBe(false)
})

test('a node is taken apart at its last colon, for IPv6', () => {
  expect(nodeOf('::1:7000')).toEqual({ host: '::1', port: 7000 })
})
