import type { Route } from '../../../src/http/route'

/** A route of which nothing is said. */
export const BARE: Route = {
  path: '/x',
  methods: ['GET'],
  guard: 'none',
  words: { summary: { zh: '做某事', en: 'Does something.' } },
  request: {},
  answer: { status: 200 },
  errors: [],
  handle() {},
}
