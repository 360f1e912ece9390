import { createClient } from '@redis/client'

/** Sends one command to a Redis, or to a Sentinel, on a connection of its own. */
export async function redisCommand(url: string, ...args: string[]): Promise<unknown> {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.sendCommand(args)
  } finally {
    client.destroy()
  }
}
