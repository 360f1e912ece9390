export type { KillOptions } from './access-tokens'
export { type Apps, SIMULATOR_APP, type SimulatedUser } from './accounts'
export type { RecordedCall } from './call'
export { createSimulator } from './create-simulator'
export { ERRCODES } from './errcodes'
export type { FaultOptions } from './fault-queue'
export {
  type AnswerFault,
  type Fault,
  type ForeignFault,
  TRANSPORT_FAULTS,
  type TransportFault,
  type WireFault,
} from './faults'
export type {
  EncryptedData,
  OpenDataOptions,
  PhoneNumberOptions,
  SignedUserInfo,
  UserInfoOptions,
} from './open-data'
export type { PhoneGrant } from './phone-codes'
export type { Simulator, SimulatorOptions } from './simulator'
