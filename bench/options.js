/** Reads options of the form `--<name>=n`: for each name what it stands for unless given, and the most. */
function readNumbers(args, options) {
  const numbers = {}
  for (const [name, { standard }] of Object.entries(options)) numbers[name] = standard
  for (const arg of args) {
    const [, name, digits] = /^--([a-z]+)=(\d{1,9})$/.exec(arg) ?? []
    const number = Number(digits)
    if (!Object.hasOwn(options, name ?? '') || number < 1 || number > options[name].most) {
      const known = Object.entries(options).map(
        ([name, { most }]) => `--${name}=n, from 1 to ${most}`,
      )
      throw new Error(`what is ${arg}? There is ${known.join('; ')}`)
    }
    numbers[name] = number
  }
  return numbers
}

/** The same for the only option of most benches. */
function readNumber(args, name, option) {
  return readNumbers(args, { [name]: option })[name]
}

module.exports = { readNumber, readNumbers }
