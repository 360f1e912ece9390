/** Tells a change of the state, after the fact: what the listener throws breaks no login. */
export function createTelling(
  isLoggedIn: () => boolean,
  onChange: ((state: { isLoggedIn: boolean }) => void) | undefined,
): () => void {
  let told = false
  return () => {
    const state = { isLoggedIn: isLoggedIn() }
    if (state.isLoggedIn === told) return
    told = state.isLoggedIn
    if (onChange) void Promise.resolve(state).then(onChange)
  }
}
