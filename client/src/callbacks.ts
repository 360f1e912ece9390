export interface Callbacks {
  success?: (result: never) => void
  fail?: (error: never) => void
  complete?: (result: never) => void
}

/** `success`, `fail` and `complete` of a request that was written for `wx.request`. */
export function withCallbacks<R>(options: Callbacks, asked: Promise<R>): Promise<R> {
  const { success, fail, complete } = options
  if (success || fail || complete) {
    const tell = (first: Callbacks['success']) => (value: unknown) => {
      if (first) first(value as never)
      if (complete) complete(value as never)
    }
    asked.then(tell(success), tell(fail))
  }
  return asked
}
