const { createClient } = require('@redis/client')

/** Reads how much memory a Redis uses, and takes the keys of codes away to see without them. */
async function openRedisMemory(url) {
  const client = createClient({ url, RESP: 2 })
  await client.connect()
  return {
    /** All of it, but for the buffers of clients and of the append-only file. */
    async bytes() {
      const text = String(await client.sendCommand(['INFO', 'memory']))
      const field = name => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1])
      return field('used_memory') - field('mem_clients_normal') - field('mem_aof_buffer')
    },
    async dropCodes() {
      for await (const keys of client.scanIterator({ MATCH: 'mpl:c:*', COUNT: 1000 })) {
        if (keys.length > 0) await client.sendCommand(['DEL', ...keys])
      }
    },
    close: () => client.destroy(),
  }
}

module.exports = { openRedisMemory }
