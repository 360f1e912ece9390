/** Reads options of the form `--<name>=n`: for each name what it stands for unless given, and the most. */
function readNumbers(args, options) {
  return readArguments(args, { numbers: options })
}

/** The same for the only option of most benches. */
function readNumber(args, name, option) {
  return readNumbers(args, { [name]: option })[name]
}

/**
 * Reads a command line: `flags` are true where `--<name>` stands, `texts` are what stands behind
 * `--<name>=`, and `numbers` as for `readNumbers`.
 */
function readArguments(args, { flags = [], texts = [], numbers = {} }) {
  const given = {}
  for (const flag of flags) given[flag] = false
  for (const [name, { standard }] of Object.entries(numbers)) given[name] = standard
  for (const arg of args) {
    const [, name = '', value] = /^--([a-z]+)(?:=(.+))?$/.exec(arg) ?? []
    if (flags.includes(name) && value === undefined) given[name] = true
    else if (texts.includes(name) && value !== undefined) given[name] = value
    else if (isNumber(value, numbers, name)) given[name] = Number(value)
    else throw new Error(`what is ${arg}? There is ${known({ flags, texts, numbers })}`)
  }
  return given
}

function isNumber(digits = '', numbers, name) {
  if (!Object.hasOwn(numbers, name) || !/^\d{1,9}$/.test(digits)) return false
  return Number(digits) >= 1 && Number(digits) <= numbers[name].most
}

function known({ flags, texts, numbers }) {
  return [
    ...flags.map(name => `--${name}`),
    ...texts.map(name => `--${name}=…`),
    ...Object.entries(numbers).map(([name, { most }]) => `--${name}=n, from 1 to ${most}`),
  ].join('; ')
}

module.exports = { readArguments, readNumber, readNumbers }
