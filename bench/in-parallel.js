/** Does `work` on every item, on so many at one time; stops early once `end` has come. */
async function inParallel(callers, items, work, end = Number.POSITIVE_INFINITY) {
  let next = 0
  const caller = async () => {
    while (next < items.length && performance.now() < end) await work(items[next++])
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return next
}

module.exports = { inParallel }
