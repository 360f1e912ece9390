/** Prints the routes of `src/http/routes.ts` as the tables of both READMEs: see `docs.js`. */
const { between } = require('./between')
const { ROUTES } = require('../dist/http/routes.js')

const WORDS = {
  zh: {
    head: ['接口', '作用', '请求', '响应'],
    guard: { none: '', login: '受保护', internal: '请求头 `X-Internal-Token`' },
    header: names => `可带请求头 ${names.join('、')}`,
    any: '任何方法',
    empty: '200，空',
    withHeaders: names => `200，空，带 ${names.join('、')}`,
    and: '；',
  },
  en: {
    head: ['route', 'what it does', 'request', 'answer'],
    guard: { none: '', login: 'guarded', internal: 'header `X-Internal-Token`' },
    header: names => `header ${names.join(', ')} optional`,
    any: 'any method',
    empty: '200, empty',
    withHeaders: names => `200, empty, with ${names.join(', ')}`,
    and: '; ',
  },
}

const headerName = name => name.replace(/(^|-)[a-z]/g, letter => letter.toUpperCase())
const code = text => `\`${text}\``

/** `{token, is_new_user?}`; a field that has one value only shows it. */
function shapeOf(schema) {
  const { type, options, shape } = schema.def
  if (type === 'union') return options.map(shapeOf).join(' \\| ')
  if (type !== 'object') return ''
  const fields = Object.entries(shape).map(([name, field]) => {
    if (field.def.type === 'literal') return `${name}: ${JSON.stringify(field.def.values[0])}`
    const inner = field.def.type === 'object' ? `: ${shapeOf(field)}` : ''
    return `${name}${inner}${field.safeParse(undefined).success ? '?' : ''}`
  })
  return `{${fields.join(', ')}}`
}

const inCode = shape => shape.split(' \\| ').filter(Boolean).map(code).join(' \\| ')

function requestOf({ guard, request, words }, language) {
  const say = WORDS[language]
  const headers = Object.keys(request.headers?.shape ?? {}).filter(n => n !== 'x-internal-token')
  const query = Object.keys(request.query?.shape ?? {}).map(name => code(`?${name}=`))
  const fields = [...(request.body ? [inCode(shapeOf(request.body))] : []), ...query]
  const parts = [
    say.guard[guard],
    ...(words.request ? [words.request[language]] : fields),
    headers.length > 0 ? say.header(headers.map(headerName).map(code)) : '',
  ]
  return parts.filter(part => part !== '').join(say.and) || '–'
}

function answerOf({ answer, words }, language) {
  const say = WORDS[language]
  const always = Object.entries(answer.headers?.shape ?? {}).filter(
    ([, field]) => !field.safeParse(undefined).success,
  )
  const names = always.map(([name]) => code(headerName(name)))
  const shape = answer.body
    ? inCode(shapeOf(answer.body))
    : names.length > 0
      ? say.withHeaders(names)
      : answer.mediaType
        ? ''
        : say.empty
  return [shape, words.answer?.[language] ?? ''].filter(part => part !== '').join(say.and)
}

/** `GET` / `POST /checklogin`, or `GET /livez`, `/healthz` where two paths do the same. */
function placeOf([first, ...others], language) {
  if (first.methods.includes('*')) {
    return `${code(first.path)}, ${code(`${first.path}/*`)} (${WORDS[language].any})`
  }
  const methods = first.methods.slice(0, -1).map(method => `${code(method)} / `)
  const own = code(`${first.methods.at(-1)} ${first.path}`)
  return methods.join('') + [own, ...others.map(({ path }) => code(path))].join(', ')
}

function tableOf(routes, language) {
  const { head } = WORDS[language]
  const same = new Map()
  for (const route of routes) same.set(route.handle, [...(same.get(route.handle) ?? []), route])
  const rows = [...same.values()].map(group => [
    placeOf(group, language),
    group[0].words.summary[language],
    requestOf(group[0], language),
    answerOf(group[0], language),
  ])
  const [first, ...rest] = [head, ...rows].map(cells => `| ${cells.join(' | ')} |`)
  return [first, `|${'---|'.repeat(head.length)}`, ...rest].join('\n')
}

/** The table of the routes, and that of the aliases. A reader wants the login first. */
function routeTables(language) {
  const aliases = ROUTES.filter(({ aliasOf }) => aliasOf !== undefined)
  const others = ROUTES.filter(({ aliasOf }) => aliasOf === undefined)
  const routes = others.sort((a, b) => (b.path === '/login') - (a.path === '/login'))
  return { routes: tableOf(routes, language), aliases: tableOf(aliases, language) }
}

/** A README with its tables of routes as they should be. */
function withRouteTables(document, language) {
  const { routes, aliases } = routeTables(language)
  return between(between(document, 'routes', routes), 'aliases', aliases)
}

module.exports = { withRouteTables }
