import { join } from 'node:path'
import { functionsIn, readSources } from './source'

/** `npm run measure [folder under src]`: lines per file, and the functions over 40 lines. */
const sources = readSources(join(__dirname, '../../src', process.argv[2] ?? ''))
const lengths = sources.map(({ text }) => text.split('\n').length - 1).sort((a, b) => a - b)
const at = (share: number) => lengths[Math.floor(share * (lengths.length - 1))]
const total = lengths.reduce((sum, length) => sum + length, 0)
const comments = sources.flatMap(({ text }) => text.match(/^\s*(\/\/|\/\*|\*).*$/gm) ?? []).length
const long = sources
  .flatMap(source => functionsIn(source).map(each => ({ ...each, path: source.path })))
  .filter(({ lines }) => lines > 40)
  .sort((a, b) => b.lines - a.lines)

process.stdout.write(
  [
    `${sources.length} files, ${total} lines, ${Math.round((100 * comments) / total)} % comments`,
    `lines a file: median ${at(0.5)}, p90 ${at(0.9)}, max ${at(1)}`,
    `functions over 40 lines: ${long.length}`,
    ...long.map(({ lines, name, path }) => `  ${lines} ${name} (${path})`),
    '',
  ].join('\n'),
)
