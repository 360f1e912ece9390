const { createClient, requestText } = require('./client')
const { childrenOf, ownerOfConnection } = require('./processes')

/** Connections to try before giving up on reaching both workers; they take turns at accepting. */
const MOST_CONNECTIONS = 16

/** Starts two instances of ours that share the store that `env` names. */
async function startInstances(servers, name, env) {
  const urls = []
  for (const number of [1, 2]) {
    urls.push((await servers.startOurs(`${name}-${number}`, env)).url)
  }
  return { urls, connect: async () => urls.map(createClient) }
}

/** Starts two workers behind one port; the connections that they give lead to one each. */
async function startWorkers(servers, name) {
  const { url, pid } = await servers.startOurs(name, { WORKERS: '2' })
  return {
    urls: [url],
    async connect() {
      const byOwner = new Map()
      for (let i = 0; i < MOST_CONNECTIONS && byOwner.size < 2; i++) {
        const client = createClient(url)
        await client.ask(requestText({ method: 'GET', path: '/livez', host: 'localhost' }))
        const owner = ownerOfConnection(childrenOf(pid), client.localPort())
        if (owner === undefined || byOwner.has(owner)) client.close()
        else byOwner.set(owner, client)
      }
      if (byOwner.size < 2) throw new Error('every connection reached the same worker')
      return [...byOwner.values()]
    },
  }
}

module.exports = { startInstances, startWorkers }
