import type { Metric } from 'prom-client'
import type { Family, Snapshot } from './cells'

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  /** Where it is not the family's own name. */
  readonly metricName?: string
}

/**
 * Prints a snapshot as Prometheus reads it. The one home of prom-client, which asks each metric for
 * its samples and writes the text. Its successor `@prometheus-io/client` needs Node 22: then the
 * names of the package in this file are all that changes. Its 32 files are loaded by the first
 * scrape, not by the start.
 *
 * Each scrape has a registry of its own. Two that overlap do not mix their numbers, and the metrics
 * of a host's own registry are not touched.
 */
export function printMetrics(families: readonly Family[], snapshot: Snapshot): Promise<string> {
  const { Registry } = require('prom-client') as typeof import('prom-client')
  const registry = new Registry()
  const sums = snapshot.sums.values()
  const levels = snapshot.levels.values()
  for (const family of families) {
    const { name, help, type } = family
    const values = samplesOf(family, family.type === 'gauge' ? levels : sums)
    const metric = { name, get: async () => ({ name, help, type, values, aggregator: 'sum' }) }
    registry.registerMetric(metric as unknown as Metric)
  }
  return registry.metrics()
}

/** Takes the numbers of one family from the front of those that are left. */
function samplesOf(family: Family, numbers: Iterator<number>): Sample[] {
  const next = (): number => numbers.next().value ?? 0
  if (family.type !== 'histogram') {
    return family.series.map(({ labels }) => ({ labels, value: next() }))
  }
  const { name, bounds, series } = family
  return series.flatMap(({ labels }) => {
    let count = 0
    const buckets = [...bounds, '+Inf'].map(le => {
      count += next()
      return { labels: { ...labels, le }, value: count, metricName: `${name}_bucket` }
    })
    const sum = { labels, value: next(), metricName: `${name}_sum` }
    return [...buckets, sum, { labels, value: count, metricName: `${name}_count` }]
  })
}
