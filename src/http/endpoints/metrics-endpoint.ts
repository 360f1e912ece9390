import { sendText } from '../answer'
import type { Endpoint } from '../endpoint'

/** Version 0.0.4 is the text format that every Prometheus reads. */
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8'

/** What Prometheus scrapes. docs/metrics.md lists the metrics. */
export const metricsEndpoint: Endpoint = {
  words: {
    summary: { zh: '供 Prometheus 抓取的指标', en: 'The metrics that Prometheus scrapes.' },
    answer: {
      zh: 'Prometheus 文本；生产环境须带 `INTERNAL_TOKEN`，没有设置就没有这个接口',
      en: 'Prometheus text; in production it wants the `INTERNAL_TOKEN`, and without one there is no such route',
    },
  },
  request: {},
  answer: { status: 200, mediaType: 'text/plain' },
  errors: ['overloaded'],
  async handle(req, res, { printMetrics }) {
    sendText(req, res, await printMetrics(), PROMETHEUS_TEXT)
  },
}
