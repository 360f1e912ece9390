/**
 * How long this process computed while something ran, in milliseconds. Other processes do not count,
 * as they do on a wall clock, and a service that the test started in its own process does.
 */
export async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const begun = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1000
}
