/** Reads `--<name>=n`, the only option of most benches. */
function readNumber(args, name, { standard, most }) {
  let number = standard
  for (const arg of args) {
    const [left, right] = arg.split('=')
    number = left === `--${name}` && /^\d{1,9}$/.test(right) ? Number(right) : 0
    if (number < 1 || number > most) {
      throw new Error(`what is ${arg}? There is --${name}=n, from 1 to ${most}`)
    }
  }
  return number
}

module.exports = { readNumber }
