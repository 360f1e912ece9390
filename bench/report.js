/** A figure with how far it reached over the rounds. */
const range = ({ median, min, max }, digits) =>
  `${median.toFixed(digits)} [${min.toFixed(digits)}-${max.toFixed(digits)}]`

/** Rows of cells, as text whose columns stand below each other. */
function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)))
  return rows
    .map(row => row.map((cell, column) => cell.padEnd(widths[column])).join('  '))
    .map(line => line.trimEnd())
    .join('\n')
}

module.exports = { columns, range }
