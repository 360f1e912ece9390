import { LoginError } from '../../src/errors'

/** The name of the error that a reader throws, and the field that it names. */
export function refusal(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof LoginError) return `${error.code} ${error.field ?? ''}`.trim()
    throw error
  }
}
