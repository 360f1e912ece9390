const { installPeers } = require('./install-peers')
const { PEERS } = require('./peers')

/**
 * Starts ours and its peers, each with a WeChat that `wechatOf` starts for it. Resolves to how each is
 * asked and where, and to the peers that cannot be measured here, with the reason. `ours` are
 * instances of ours, asked in one way or another, and `settings` are what they have beside the usual.
 */
async function startPeers({ start, folder, wechatOf, ours, settings = {} }) {
  const { path, why } = await installPeers(folder)
  const there = PEERS.filter(({ isInstalled }) => !isInstalled || path !== undefined)
  const skipped = Object.fromEntries(
    PEERS.filter(peer => !there.includes(peer)).map(({ title }) => [title, why]),
  )
  for (const title of Object.keys(skipped)) {
    process.stderr.write(`LEFT OUT: ${title}: ${why}\n`)
  }
  const peers = []
  for (const peer of there) {
    const wechat = await wechatOf(peer.name)
    const server = await start.startPeer(peer, path, { WX_API_BASE_URL: wechat.url })
    peers.push({ ...peer, url: server.url, pid: server.pid, wechatUrl: wechat.url })
  }
  for (const us of ours) {
    const wechat = await wechatOf(us.name)
    const server = await start.startOurs(us.name, { WX_API_BASE_URL: wechat.url, ...settings })
    peers.push({ ...us, url: server.url, pid: server.pid, wechatUrl: wechat.url })
  }
  return { peers, skipped }
}

module.exports = { startPeers }
