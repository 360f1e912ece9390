import type { ServerConfig } from '../../config/read-environment'
import { type Check, fail, ok, warn } from './check'

/** `/readyz` itself takes less than a second. */
const PATIENCE_MS = 10_000

/** Whether a server of these settings runs on this machine, and is ready. */
export async function checkServer({ server: { port, host } }: ServerConfig): Promise<Check> {
  const url = `http://${urlHost(host)}:${port}`
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (answer.ok) return ok('server', `${url}: 就绪 · ready`)
    return fail(
      'server',
      `${url}: /readyz ${answer.status}`,
      '看它的日志 store.lost、wechat.unreachable，及以下各项 · see store.lost and wechat.unreachable in its log, and the checks below',
    )
  } catch (error) {
    const { code, name } = ((error as Error).cause ?? error) as { code?: string; name?: string }
    if (code === 'ECONNREFUSED') {
      return ok('server', `${url}: 没有在运行 · none is running`)
    }
    return warn(
      'server',
      `${url}: ${code ?? name}`,
      '端口被别的程序占用？换 PORT · does another program have the port? choose another PORT',
    )
  }
}

/** Where a server of this machine is asked: it listens everywhere, or at one address. */
function urlHost(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
