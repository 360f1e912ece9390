import { inspect } from 'node:util'
import type { LoginError } from '../../src/errors'

export type Failure = LoginError & { sent?: boolean; wxRid?: string; fix?: string }

/** The error that the work ends with; work that succeeds fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (error) {
    return error as Failure
  }
  throw new Error('it should have failed')
}

/** All that an error could show anywhere: itself, its causes, as JSON, as its stack. */
export function everythingIn(error: unknown): string {
  return [
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(error),
    String((error as Error).stack),
  ].join('\n')
}
