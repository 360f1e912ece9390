import type { CheckedLoginOptions } from '../config/check-options'
import { upstreamOptionsOf } from '../config/upstream-options'
import type { Events } from '../events'
import { createAccessTokenShelf } from '../login/access-token-shelf'
import { startAdoption } from '../login/adopt-users'
import { createBonds } from '../login/bonds'
import { createDataKeys } from '../login/data-keys'
import { startLagWatch } from '../login/lag-watch'
import type { LoginPlatform } from '../login/platform'
import type { ConnectMetrics } from '../observe/metrics/metrics'
import { openTracing } from '../observe/tracing'
import { openStore } from '../store/open'
import { startSweeper } from '../store/sweeper'
import { createSigningKeys } from '../token/signing-keys'
import { createTokenKeys } from '../token/token-keys'
import { createUpstreamClient } from '../upstream/client'
import { VERSION } from '../version'
import { createWx } from '../wx/client'
import { type MetricsSources, openMetrics, storesOf } from './open-metrics'

/** The store and the connections to WeChat: what they do is counted and traced. */
async function openOutside(options: CheckedLoginOptions, sources: MetricsSources) {
  const { config, log, patience, maxUpstreamSockets: maxSockets } = options
  const { redisUrl, redisPrefix, tablePrefix } = config
  const metrics = openMetrics(options, sources)
  const tracing = openTracing(VERSION)
  const { events } = sources
  const databaseOptions = { events, log, redisUrl, redisPrefix, tablePrefix, patience }
  const store = tracing.store(await openStore(config.database, databaseOptions), storesOf(config))
  const client = createUpstreamClient({
    ...{ ...upstreamOptionsOf(config), patience },
    ...(maxSockets !== undefined && { maxSockets }),
  })
  return { metrics, tracing, store: metrics.counted(store), client: tracing.client(client) }
}

/** What the use cases stand on: the store, WeChat, and the keys. */
export async function openGround(
  options: CheckedLoginOptions,
  events: Events,
  connect: ConnectMetrics | undefined,
) {
  const { config, log, now, patience } = options
  const { apps, adoptUsers } = config
  let platform: LoginPlatform | undefined
  const isBreakerOpen = (appid: string) => platform?.isBreakerOpen(appid) ?? false
  const outside = await openOutside(options, { events, isBreakerOpen, connect })
  const { metrics, store, client } = outside
  const stopSweeper = startSweeper({ store, now, events })
  const signingKeys = createSigningKeys(config.jwtSecret, config.jwtSecretPrevious)
  const accessTokenCache = createAccessTokenShelf({ values: store.values, signingKeys, now })
  const { wechat: counts } = metrics
  const asked = { client, apps, accessTokenCache, patience, now, events, counts, log }
  platform = createWx(asked)
  const lag = startLagWatch({ patience, log })
  const dataKeys = createDataKeys({ proofs: store.proofs, signingKeys, adoptUsers, events, now })
  const bonds = createBonds({ dataKeys, store })
  // At the start, so that a rotation seals the key anew, and a lost key is told before a login.
  await dataKeys.get().catch(() => {})
  const stopAdoption = startAdoption({ dataKeys, bonds, users: store.users, patience, log })
  const tokenKeys = createTokenKeys(signingKeys, config)
  const keys = { signingKeys, tokenKeys, dataKeys, bonds }
  return { events, ...outside, stopSweeper, stopAdoption, lag, platform, ...keys }
}

export type Ground = Awaited<ReturnType<typeof openGround>>
