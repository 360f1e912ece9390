import type { Topic } from '../endpoint'
import type { Route } from '../route'
import type { Words } from './json-schema'

/** The chapters of the documents, in their order. */
export const TOPICS: Readonly<Record<Topic, Words>> = {
  login: { zh: '登录', en: 'Login' },
  user: { zh: '用户与会话', en: 'User and sessions' },
  wechat: { zh: '微信的数据', en: 'Data of WeChat' },
  alias: { zh: '已有客户端的别名', en: 'Aliases for published clients' },
  gateway: { zh: '网关', en: 'Gateways' },
  internal: { zh: '内部接口', en: 'Internal' },
  probe: { zh: '健康检查', en: 'Health' },
  docs: { zh: '文档', en: 'Documents' },
  other: { zh: '其他', en: 'Other' },
}

/** The chapter of a route: its own word, else what its row says of who calls it. */
export function topicOf(route: Route): Topic {
  if (route.topic) return route.topic
  if (route.aliasOf) return 'alias'
  if (route.guard === 'internal') return 'internal'
  if (route.isProbe) return 'probe'
  return route.isForGateways ? 'gateway' : 'other'
}

/** Chapters whose routes a mini program calls. */
export const OF_MINI_PROGRAMS: readonly Topic[] = ['login', 'user', 'wechat', 'alias']
