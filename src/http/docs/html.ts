/** A text that is safe in HTML, in an attribute as well. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}

/** A sentence in the little Markdown that words use: `code` and **strong**. */
export function inlineHtml(markdown: string): string {
  return escapeHtml(markdown)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
}

/** Paragraphs and lists, which an empty line parts. */
export function paragraphsHtml(markdown: string): string {
  return markdown
    .split('\n\n')
    .map(text => (text.startsWith('- ') ? listHtml(text) : `<p>${inlineHtml(text)}</p>`))
    .join('\n')
}

function listHtml(markdown: string): string {
  const items = markdown.split('\n').map(line => `<li>${inlineHtml(line.replace(/^- /, ''))}</li>`)
  return `<ul>${items.join('')}</ul>`
}

const JSON_TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|-?\b(?:true|false|null|\d+(?:\.\d+)?)\b/g

/** A value as indented JSON, coloured. */
export function jsonHtml(value: unknown): string {
  const mark = (text: string, string: string | undefined, colon: string | undefined) => {
    const kind = string === undefined ? 'atom' : colon === undefined ? 'text' : 'key'
    return `<i class="${kind}">${escapeHtml(string ?? text)}</i>${colon ?? ''}`
  }
  return replaceTokens(JSON.stringify(value, null, 2), JSON_TOKEN, mark)
}

const CODE_TOKEN = /('[^']*'|"[^"]*"|`[^`]*`)|\b(const|await|curl)\b/g

/** A line of shell or JavaScript, coloured. The address `base` is marked: the page puts its own. */
export function codeHtml(source: string, base: string): string {
  const mark = (text: string, string: string | undefined) =>
    `<i class="${string === undefined ? 'word' : 'text'}">${escapeHtml(text)}</i>`
  const html = replaceTokens(source, CODE_TOKEN, mark)
  return html.replaceAll(escapeHtml(base), `<span class="base">${escapeHtml(base)}</span>`)
}

/** Marks each token, and escapes what stands between tokens. */
function replaceTokens(
  source: string,
  token: RegExp,
  mark: (text: string, one: string | undefined, other: string | undefined) => string,
): string {
  let html = ''
  let end = 0
  for (const match of source.matchAll(token)) {
    html += escapeHtml(source.slice(end, match.index)) + mark(match[0], match[1], match[2])
    end = match.index + match[0].length
  }
  return html + escapeHtml(source.slice(end))
}
