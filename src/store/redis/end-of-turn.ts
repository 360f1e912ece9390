/**
 * Waits until every socket has been read that had something when this turn of the event loop began.
 * A client's request may be read before the news from Redis that came before it. One wait serves
 * all calls of a turn.
 */
export function createEndOfTurn(): () => Promise<void> {
  let turn: Promise<void> | undefined
  return () => {
    turn ??= new Promise(resolve => {
      setImmediate(() => {
        turn = undefined
        resolve()
      })
    })
    return turn
  }
}
