import { ANSWER_FAULTS } from '../core/answer-faults'
import type * as core from '../core/fault'
import { FOREIGN_FAULTS } from '../core/foreign-faults'
import { WIRE_FAULTS } from '../core/wire-faults'
import { FIELD_FAULTS } from './field-faults'

/** Every fault that has a name: the one table that the simulator acts by. */
export const FAULTS = { ...ANSWER_FAULTS, ...FIELD_FAULTS, ...FOREIGN_FAULTS, ...WIRE_FAULTS }

/** WeChat works on the request (the code is spent), then its answer arrives changed. */
export type AnswerFault = keyof typeof ANSWER_FAULTS | keyof typeof FIELD_FAULTS

/** Something that stands before WeChat answers in its place. The code is not spent. */
export type ForeignFault = keyof typeof FOREIGN_FAULTS

/** The connection itself misbehaves. */
export type WireFault = keyof typeof WIRE_FAULTS

/** A misbehaviour with a name. */
export type TransportFault = AnswerFault | ForeignFault | WireFault

/**
 * How one call shall go wrong. Whether a real -1 spends the code is not known; here it does, which
 * is the harder case for a client.
 */
export type Fault = core.Fault<TransportFault>

/** Every transport fault, and whether the code is spent when it strikes. */
export const TRANSPORT_FAULTS = Object.fromEntries(
  Object.entries(FAULTS).map(([name, { spendsCode }]) => [name, { spendsCode }]),
) as Readonly<Record<TransportFault, { readonly spendsCode: boolean }>>

export function isTransportFault(name: string): name is TransportFault {
  return Object.hasOwn(FAULTS, name)
}
