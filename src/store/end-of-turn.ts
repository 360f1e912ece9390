/**
 * Waits until every socket has been read that had something when this turn of the event loop began.
 * A client's request may be read before the news of a change that came before it. One wait serves
 * all calls of a turn: at its end `work` is done once, before any of them goes on. If the work
 * fails, all of them fail.
 */
export function createEndOfTurn(work?: () => void): () => Promise<void> {
  let turn: Promise<void> | undefined
  return () => {
    turn ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        turn = undefined
        try {
          work?.()
          resolve()
        } catch (error) {
          reject(error)
        }
      })
    })
    return turn
  }
}
