import { bindRoutes } from '../core/control'
import type { Platform } from '../core/platform'
import { createPlatformServer } from '../core/platform-server'
import { refuse } from './answers'
import { SIMULATOR_APP } from './apps'
import { faultOfCode } from './code-names'
import { CONTROL_ROUTES } from './control-routes'
import { endpointsOf } from './endpoints'
import { BEFORE_THE_CODE } from './errcodes'
import { FAULTS, type TransportFault } from './faults'
import { createOperator, type Operator } from './operator'
import { isBehindAccessToken, otherApi } from './other-api'
import { createPhone, type Phone } from './phone'
import type { Simulator, SimulatorOptions } from './simulator'
import { createWeChat, forgetCodesAndQuotas, type WeChat } from './wechat'

/** Builds a simulator; nothing happens before `listen`. @throws TypeError on a bad option */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const {
    apps = { [SIMULATOR_APP.appid]: SIMULATOR_APP.secret },
    now = Date.now,
    unknownCodes = 'refuse',
    ...serverOptions
  } = options
  if (unknownCodes !== 'refuse' && unknownCodes !== 'adopt') {
    throw new TypeError('"unknownCodes" must be "refuse" or "adopt"')
  }
  const wechat = createWeChat({ apps, now, adoptUnknown: unknownCodes === 'adopt' })
  const actions = { ...createPhone(wechat), ...createOperator(wechat) }
  const server = createPlatformServer(platformOf(wechat, actions), { now, ...serverOptions })
  // `Object.assign` keeps the getters of the server, which a spread would read once.
  return Object.assign(server, actions)
}

/** What core needs to know of WeChat. */
function platformOf(wechat: WeChat, actions: Phone & Operator): Platform<TransportFault> {
  const endpoints = endpointsOf(wechat)
  const other = otherApi(wechat)
  return {
    endpointAt: path => endpoints.get(path) ?? (isBehindAccessToken(path) ? other : undefined),
    faults: FAULTS,
    refuse,
    beforeTheCode: BEFORE_THE_CODE,
    faultOfCode,
    secretFields: ['secret', 'access_token'],
    controlRoutes: bindRoutes(CONTROL_ROUTES, actions),
    forget: () => forgetCodesAndQuotas(wechat),
  }
}
