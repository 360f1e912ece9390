export type { FaultOptions } from './core/fault'
export type { ListenOptions, TlsFiles } from './core/http-server'
export type { KillOptions } from './wechat/access-tokens'
export { type Apps, SIMULATOR_APP } from './wechat/apps'
export { createSimulator } from './wechat/create-simulator'
export { ERRCODES } from './wechat/errcodes'
export {
  type AnswerFault,
  type Fault,
  type ForeignFault,
  TRANSPORT_FAULTS,
  type TransportFault,
  type WireFault,
} from './wechat/faults'
export type { PhoneGrant } from './wechat/phone-codes'
export type { RecordedCall, Simulator, SimulatorOptions } from './wechat/simulator'
export type {
  EncryptedData,
  OpenDataOptions,
  PhoneNumberOptions,
  SignedUserInfo,
  UserInfoOptions,
} from './wechat/user-data'
export type { SimulatedUser } from './wechat/users'
