/** What Prometheus would keep of a scrape: each series by its name and labels. */
export type Scrape = ReadonlyMap<string, number>

const NAME = '[a-z_][a-z0-9_]*'
const LABELS = `(?:\\{${NAME}="[^"\\\\]*"(?:,${NAME}="[^"\\\\]*")*\\})?`
const SAMPLE = new RegExp(`^(${NAME})(${LABELS}) (\\d+(?:\\.\\d+)?(?:e-\\d+)?)$`)

/**
 * Reads Prometheus text as strictly as it is specified, and more: a family is described before its
 * first sample, no series stands twice, and buckets add up.
 */
export function readMetrics(text: string): Scrape {
  const found = new Map<string, number>()
  const described = new Map<string, string>()
  for (const line of text.split('\n')) {
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line)
    if (type) described.set(String(type[1]), String(type[2]))
    if (line === '' || line.startsWith('# ')) continue
    const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? []
    const family = name.replace(/_(bucket|sum|count)$/, '')
    const isKnown = described.has(name) || described.get(family) === 'histogram'
    if (!isKnown || found.has(name + labels)) throw new Error(`a wrong line: ${line}`)
    found.set(name + labels, Number(value))
  }
  checkBuckets(found)
  return found
}

function checkBuckets(found: Scrape): void {
  const latest = new Map<string, number>()
  for (const [series, value] of found) {
    const [, name, labels = '', le] = /^(.*)_bucket\{(.*?),?le="([^"]*)"\}$/.exec(series) ?? []
    if (name === undefined) continue
    const own = labels === '' ? '' : `{${labels}}`
    if (value < (latest.get(name + own) ?? 0)) throw new Error(`buckets go down: ${series}`)
    latest.set(name + own, value)
    if (le === '+Inf' && found.get(`${name}_count${own}`) !== value) {
      throw new Error(`the last bucket is not the count: ${series}`)
    }
  }
}

const PREFIX = 'miniprogram_login_'

/**
 * What moved between two scrapes, and by how much. Durations have no figure that a test could know:
 * of a histogram only its count is compared.
 */
export function moved(before: Scrape, after: Scrape): Record<string, number> {
  const moves: Record<string, number> = {}
  for (const [series, value] of after) {
    const by = value - (before.get(series) ?? Number.NaN)
    if (by !== 0 && !/_(bucket|sum)(\{|$)/.test(series)) moves[series.replace(PREFIX, '')] = by
  }
  return moves
}

/** The moves of some families alone. */
export function only(moves: Record<string, number>, families: RegExp): Record<string, number> {
  return Object.fromEntries(Object.entries(moves).filter(([series]) => families.test(series)))
}
