const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Why WeChat cannot be asked at this address, or undefined when it can. Never shows the address. */
export function problemWithBaseUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return 'must be a URL like https://api.weixin.qq.com'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://'
  if (url.search || url.hash || url.username || url.password || /[?#]$/.test(text)) {
    return 'must be a scheme, a host and at most a path, like https://proxy.example.com/wechat'
  }
  return text.endsWith('/') ? 'must not end with a slash' : undefined
}

/** Whether requests to this address leave the machine unencrypted. The AppSecret is in their query. */
export function isPlainHttp(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl)
  return protocol === 'http:' && !LOOPBACK.includes(hostname)
}
