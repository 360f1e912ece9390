/** How one call shall go wrong. `Name` is the union of the named faults that the platform has. */
export type Fault<Name extends string = string> =
  /**
   * The platform refuses with this errcode. An errcode that is given as a string is sent as a JSON
   * string. `spends` says whether the code of the call is spent. Default: it is, unless the errcode
   * is one that the platform answers before it looks at the code.
   */
  | { readonly errcode: number | string; readonly spends?: boolean }
  /** The fault with this name. The table of faults says what happens and whether the code is spent. */
  | { readonly transport: Name }
  /** The platform does its work at once (the code is spent) and answers this many ms later. */
  | { readonly late: number }

/** When a fault strikes. */
export interface FaultOptions {
  /** How many calls the fault strikes: a whole number from 1, or Infinity. Default 1. */
  times?: number
  /** Only calls of this path, e.g. `/sns/jscode2session`. Default: every path of the platform. */
  path?: string
}

const KINDS = ['errcode', 'transport', 'late'] as const

/** The longest time that a timer of Node can wait. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * Checks a fault that came over HTTP or from plain JavaScript, where no type did.
 * @param isName whether the platform has a named fault of that name
 * @throws TypeError when the fault is not one of those documented
 */
export function checkFault(
  fault: Readonly<Partial<Record<(typeof KINDS)[number], unknown>>>,
  isName: (name: string) => boolean,
): void {
  if (KINDS.filter(kind => fault[kind] !== undefined).length !== 1) {
    throw new TypeError('a fault has exactly one of "errcode", "transport" and "late"')
  }
  const { errcode, transport, late } = fault
  if (errcode !== undefined && !isErrcode(errcode)) {
    throw new TypeError('"errcode" must be a whole number, or such a number as a string')
  }
  if (transport !== undefined && !(typeof transport === 'string' && isName(transport))) {
    throw new TypeError(`"transport" does not know the fault ${JSON.stringify(transport)}`)
  }
  if (late !== undefined && !(typeof late === 'number' && late >= 0 && late <= LONGEST_MS)) {
    throw new TypeError('"late" must be a number of milliseconds from 0')
  }
}

/** @throws TypeError when an option is not one of those documented */
export function checkFaultOptions({ times = 1, path }: FaultOptions): void {
  if (times !== Number.POSITIVE_INFINITY && !(Number.isInteger(times) && times >= 1)) {
    throw new TypeError('"times" must be a whole number from 1, or Infinity')
  }
  if (path !== undefined && (typeof path !== 'string' || !path.startsWith('/'))) {
    throw new TypeError('"path" must begin with "/"')
  }
}

function isErrcode(value: unknown): boolean {
  return Number.isInteger(value) || (typeof value === 'string' && /^-?\d{1,9}$/.test(value))
}
