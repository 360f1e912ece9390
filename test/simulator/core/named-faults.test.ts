import {
  changing,
  instead,
  type NamedFault,
  spent,
  type Target,
  unspent,
} from '../../../src/simulator/core/named-faults'

/** What a fault writes when it strikes the answer "real". */
function written(fault: NamedFault): unknown {
  const sent: unknown[] = []
  const res = {
    writeHead: (status: number) => sent.push(status),
    end: (body: string) => sent.push(body),
  }
  const answer = { status: 200, headers: {}, body: 'real' }
  fault.strike({ res, answer, url: 'http://x', now: 0, call: {} } as unknown as Target)
  return sent
}

it('a changed answer spends the code, an answer of somebody else does not', () => {
  const changed = changing(answer => ({ ...answer, body: `${answer.body}, changed` }))
  const foreign = instead(url => ({ status: 302, headers: {}, body: url }))
  expect([changed.spendsCode, written(changed)]).toEqual([true, [200, 'real, changed']])
  expect([foreign.spendsCode, written(foreign)]).toEqual([false, [302, 'http://x']])
})

it('a fault of the connection says by its name whether it spends the code', () => {
  expect([spent(() => {}).spendsCode, unspent(() => {}).spendsCode]).toEqual([true, false])
})
