/** Puts a text between the markers `<!-- name -->` and `<!-- /name -->` of a document. */
function between(document, name, text) {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const [from, to] = [document.indexOf(begin) + begin.length, document.indexOf(end)]
  if (from < begin.length || to < from) throw new Error(`the markers of ${name} are missing`)
  return `${document.slice(0, from)}${text}\n${document.slice(to)}`
}

module.exports = { between }
