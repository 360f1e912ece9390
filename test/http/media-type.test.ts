import { readCodings, readMediaType } from '../../src/http/media-type'

const JSON_TYPE = 'application/json'

test.each([
  ['application/json', []],
  ['Application/JSON;', []],
  ['application/json ;; ;', []],
  ['application/json; charset=utf-8', ['utf-8']],
  ['application/json;charset="UTF-8"', ['utf-8']],
  ['application/json; charset="ut\\f-8"', ['utf-8']],
  ['application/json;\tCHARSET=utf-8 ; ', ['utf-8']],
  ['application/json; charset = utf-8', ['utf-8']],
  ['application/json; version=1; charset=utf-8; x="a;b=\\"c"', ['utf-8']],
  ['application/json; charset=utf-8; charset=utf-16', ['utf-8', 'utf-16']],
  ['application/json; x="charset=gbk"', []],
  ['application/json; charset=""', ['']],
])('%j is JSON with the charsets %j', (header, charsets) => {
  expect(readMediaType(header)).toEqual({ type: JSON_TYPE, charsets })
})

test.each([
  ['', 'json', '*', '/', 'application/', '/json', ' application/json', 'application /json'],
  ['application/json charset=utf-8', 'application/json, text/html', 'application/json; x='],
  [
    'application/json; =x',
    'application/json; x',
    'application/json; x="',
    'application/json; x="\\"',
  ],
  ['application/json; x=a b', 'application/json; x=(a)', 'application/json\n; x=1', '"a"/b'],
])('%j and the like are no Content-Type', (...headers) => {
  for (const header of headers) expect([header, readMediaType(header)]).toEqual([header, undefined])
})

test('another type is another type', () => {
  expect(readMediaType('application/json+x')?.type).toBe('application/json+x')
  expect(readMediaType('text/html; x="application/json"')?.type).toBe('text/html')
})

test('no header is much work', () => {
  const hostile = [';', '; x="', '; x=a', '\t', '"', '; \\', 'a/', ';charset=utf-8']
  const begun = process.cpuUsage()
  for (const unit of hostile) readMediaType(`application/json${unit.repeat(16_000 / unit.length)}`)
  const { user, system } = process.cpuUsage(begun)
  expect((user + system) / 1000).toBeLessThan(200)
})

test('codings are a list, in any case, and may have empty members', () => {
  expect(readCodings('Identity')).toEqual(['identity'])
  expect(readCodings(' gzip , , BR,')).toEqual(['gzip', 'br'])
  expect(readCodings(' , ')).toEqual([])
})
