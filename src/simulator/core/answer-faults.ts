import { gzipSync } from 'node:zlib'
import { type Answer, half } from './answer'
import { changing, type NamedFaults } from './named-faults'

const withBody = (answer: Answer, body: string | Buffer): Answer => ({ ...answer, body })
const withHeader = (answer: Answer, name: string, value: string): Answer => ({
  ...answer,
  headers: { ...answer.headers, [name]: value },
})
/** A fault that only changes one header. */
const labelled = (name: string, value: string) =>
  changing(answer => withHeader(answer, name, value))
/** A fault that only changes the body. */
const reworded = (reword: (answer: Answer) => string | Buffer) =>
  changing(answer => withBody(answer, reword(answer)))

/** The answer of any platform arrives changed. The code is spent. */
export const ANSWER_FAULTS = {
  /* An honest client must still accept these. */
  /** JSON that is labelled text/plain. */
  textplain: labelled('Content-Type', 'text/plain'),
  /** JSON that is labelled application/json. */
  json: labelled('Content-Type', 'application/json; charset=utf-8'),
  /** Compressed, asked for or not. */
  gzip: changing(answer =>
    withHeader(withBody(answer, gzipSync(answer.body)), 'Content-Encoding', 'gzip'),
  ),
  /** U+FEFF before the JSON. */
  bom: reworded(answer => `\uFEFF${answer.body}`),

  /* A client must not take these for a success. */
  /** Content-Length 0. */
  empty: reworded(() => ''),
  /** The JSON null. */
  null: reworded(() => 'null'),
  array: reworded(() => '[]'),
  emptyobject: reworded(() => '{}'),
  /** The first half of the JSON, with the Content-Length of that half. */
  truncated: reworded(half),
  /** The JSON, then text, all within Content-Length. */
  trailing: reworded(answer => `${answer.body}\n<!-- trailing -->`),
  /** Labelled gzip, not compressed. */
  badgzip: labelled('Content-Encoding', 'gzip'),
} satisfies NamedFaults
