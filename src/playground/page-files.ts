import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
}

/** Stands in the page's source where the nonce of an answer goes. */
const NONCE = '{{nonce}}'

export interface PageFile {
  readonly type: string
  /** The file's text, for one answer. */
  text(nonce: string): string
}

/** Every file of the page, by the path under which it is served; the page itself is `/`. */
export function readPageFiles(folder = join(__dirname, 'page')): ReadonlyMap<string, PageFile> {
  return new Map(
    readdirSync(folder).map(name => {
      const text = readFileSync(join(folder, name), 'utf8')
      const type = TYPES[extname(name)] ?? 'text/plain; charset=utf-8'
      const path = name === 'index.html' ? '/' : `/playground/${name}`
      return [path, { type, text: nonce => text.replaceAll(NONCE, nonce) }]
    }),
  )
}
