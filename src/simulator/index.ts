export { SIMULATOR_APP, type SimulatedUser } from './accounts'
export type { RecordedCall } from './call'
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
export { createSimulator, type Simulator, type SimulatorOptions } from './simulator'
