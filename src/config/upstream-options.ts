import type { Config } from './config'

/** How WeChat is asked, for the client of `upstream/`. */
export function upstreamOptionsOf(
  config: Pick<Config, 'wxApiBaseUrl' | 'wxTimeoutMs' | 'wxProxy'>,
): { baseUrl: string; timeoutMs: number; proxy?: string } {
  const { wxApiBaseUrl: baseUrl, wxTimeoutMs: timeoutMs, wxProxy: proxy } = config
  return { baseUrl, timeoutMs, ...(proxy !== 'off' && { proxy }) }
}
