import { setTimeout as sleep } from 'node:timers/promises'
import { type DatabaseServer, startRedis } from './databases'
import { redisCommand } from './redis-command'

/** The first slots of the three nodes, and the last ones. */
const RANGES = [
  ['0', '5461'],
  ['5462', '10922'],
  ['10923', '16383'],
] as const

/** A Redis Cluster of three primaries on loopback; resolves when each of them sees it whole. */
export async function startRedisCluster(): Promise<readonly DatabaseServer[]> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000']
  const nodes = await Promise.all(RANGES.map(() => startRedis(settings)))
  const tell = ({ url }: DatabaseServer, ...args: string[]) => redisCommand(url, ...args)
  for (const [i, node] of nodes.entries()) {
    await tell(node, 'CLUSTER', 'ADDSLOTSRANGE', ...(RANGES[i] as readonly [string, string]))
    await tell(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1))
    const port = new URL(node.url).port
    if (i > 0) await tell(nodes[0] as DatabaseServer, 'CLUSTER', 'MEET', '127.0.0.1', port)
  }
  const isWhole = async (node: DatabaseServer) =>
    /cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(String(await tell(node, 'CLUSTER', 'INFO')))
  for (const node of nodes) while (!(await isWhole(node))) await sleep(20)
  return nodes
}
