export interface BodyCase {
  readonly name: string
  readonly body: string | Buffer
  readonly type?: string
}

/** Must never be seen in an answer, so it stands in every body of the corpus. */
export const CANARY = 'canary7Qz'

const NAME = `"code":"${CANARY}"`

/** Texts that are no JSON, or that other parsers take for JSON. */
const NOT_JSON = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '{{', '}}', '{]', '[}', '{,}', '{:}', '{"'],
  ...[
    `{${NAME}`,
    `${NAME}}`,
    `{${NAME},}`,
    `{,${NAME}}`,
    `{${NAME}}}`,
    `{${NAME}}{}`,
    `{${NAME}},`,
  ],
  ...[`{${NAME}}\0`, `\0{${NAME}}`, `{${NAME}} garbage`, `{${NAME}};`, `({${NAME}})`],
  ...[`{'code':'${CANARY}'}`, `{code:"${CANARY}"}`, `{"code":'${CANARY}'}`, `{"code":${CANARY}}`],
  ...[`{"code" "${CANARY}"}`, `{"code"="${CANARY}"}`, `{"code":"${CANARY}" "x":1}`, `{"code":}`],
  ...[`{"code":"${CANARY}}`, `{"code:"${CANARY}"}`, `{"code":"${CANARY}\\"}`, `{"${CANARY}"}`],
  ...[`/*x*/{${NAME}}`, `{${NAME}}//x`, `{${NAME}/**/}`, `#{${NAME}}`, `{${NAME},/*,*/"a":1}`],
  ...[`{"code":"${CANARY}\n"}`, `{"code":"${CANARY}\t"}`, `{"code":"${CANARY}\x1f"}`],
  ...[`{"code":"\\x41${CANARY}"}`, `{"code":"\\u12${CANARY}"}`, `{"code":"\\uZZZZ${CANARY}"}`],
  ...[`{"code":"\\${CANARY}"}`, `{"code":"\\'${CANARY}"}`, `{"code":"\\u{41}${CANARY}"}`],
  ...[`code=${CANARY}`, `code=${CANARY}&appid=x`, `<code>${CANARY}</code>`, `code: ${CANARY}`],
  ...[`)]}',\n{${NAME}}`, `while(1);{${NAME}}`, `callback({${NAME}})`, `data: {${NAME}}`],
  ...[`\ufeff{${NAME}}`, `\u00a0{${NAME}}`, `\u2028{${NAME}}`, `\v{${NAME}}`, `\f{${NAME}}`],
  ...[
    `{${NAME}\u2003}`,
    `{${NAME}}\u0085`,
    `{\u200b${NAME}}`,
    `｛${NAME}｝`,
    `{“code”:“${CANARY}”}`,
  ],
]

const NUMBERS = [
  ...['01', '+1', '.5', '1.', '1.e3', '0x10', '0b1', '1e', '1e+', '--1', '- 1', '1_000', '１'],
  ...['NaN', 'Infinity', '-Infinity', 'undefined', 'True', 'NULL', 'nan', 'nil', 'None', '1n'],
  ...['1 2', '1,', '1/2', 'new Date', '`x`', '@', '<x>', '\\u0031'],
]

/** JSON, but no object. */
const NO_OBJECT = [
  ...['null', 'true', 'false', '0', '-0', '1e400', '""', '[]', '[[]]', '[{}]', `["${CANARY}"]`],
  ...[`"${CANARY}"`, `[${`{${NAME}}`}]`, `["code","${CANARY}"]`, ' ', '\n', '\t\r\n', '[null]'],
]

/** An object whose code is no login code; and keys that mean something to JavaScript. */
const CODES = [
  ...['0', '1', '-1', '1e400', 'true', 'false', 'null', '[]', '{}', '[[]]', '""', '" "', '"\\n"'],
  ...[`["${CANARY}"]`, `{"${CANARY}":1}`, `{"length":32}`, `{"toString":1}`, `{"valueOf":"x"}`],
  ...[`" ${CANARY}"`, `"${CANARY} "`, `"${CANARY} x"`, `"${CANARY}\\u0000"`, `"\\u0000${CANARY}"`],
  ...[`"${CANARY}\\r\\nHost: x"`, `"${CANARY}\\u007f"`, `"${CANARY}\\u0085"`, `"${CANARY}\\u00a0"`],
  ...[`"${CANARY}\\u2028"`, `"${CANARY}\\ufeff"`, `"${CANARY}\\ud800"`, `"\\udc00${CANARY}"`],
  ...[`"${CANARY}é"`, `"${CANARY}中"`, `"${CANARY}😀"`, `"${CANARY}\\u0130"`, `"ａ${CANARY}"`],
  ...[`"${'x'.repeat(513)}"`, `"${'x'.repeat(8192)}"`, `"${'\\u0041'.repeat(600)}"`],
]

const OBJECTS = [
  ...['{}', '{"":""}', '{"Code":"x"}', '{"CODE":"x"}', '{"code ":"x"}', '{"c\\u00f6de":"x"}'],
  ...[`{"js_code":"${CANARY}"}`, `{"code[]":"${CANARY}"}`, `{"code.x":"${CANARY}"}`],
  ...[`{"__proto__":{${NAME}}}`, `{"constructor":{"prototype":{${NAME}}}}`],
  ...[`{"prototype":{${NAME}}}`, `{"__proto__":null}`, `{"__proto__":[]}`, `{"__proto__":"x"}`],
  ...[`{"\\u005f_proto__":{${NAME}}}`, `{"__proto__":{"__proto__":{${NAME}}}}`],
  ...[`{${NAME},${NAME}}`, `{${NAME},"code":"other"}`, `{${NAME},"\\u0063ode":"other"}`],
  ...[`{"a":1,${NAME},"a":2}`, `{"__proto__":1,"__proto__":2,${NAME}}`, `{"":1,"":2,${NAME}}`],
  ...[`{${NAME},"appid":1}`, `{${NAME},"appid":null}`, `{${NAME},"appid":[]}`],
  ...[`{${NAME},"appid":{}}`, `{${NAME},"appid":"${CANARY}"}`, `{${NAME},"appid":""}`],
  ...[`{${NAME},"appid":"__proto__"}`, `{${NAME},"appid":"constructor"}`, `{${NAME},"appid":true}`],
  ...[`{${NAME},"appid":"wx0000000000000000 "}`, `{${NAME},"appid":"WX0000000000000000"}`],
]

const deep = (levels: number, open: string, close: string) =>
  open.repeat(levels) + close.repeat(levels)

const DEEP = [
  `{${NAME},"a":${deep(16, '[', ']')}}`,
  `{${NAME},"a":${deep(7000, '[', ']')}}`,
  `${`{"a":`.repeat(2000)}{${NAME}}${'}'.repeat(2000)}`,
  `{${NAME},"a":${deep(1000, '[[', ']]')}}`,
  '['.repeat(16_000),
  '{"a":'.repeat(3000),
  deep(8000, '[', ']'),
]

/** Bytes that are no UTF-8, at the place of the code. */
const BYTES = [
  ...['ff', 'fe', 'c0', 'c0af', 'c1bf', '80', 'bf', 'e080af', 'eda080', 'edbfbf', 'f4908080'],
  ...['f5808080', 'f8888080', 'fffe', 'c3', 'e4b8', 'f09f98', 'c328', 'e228a1', 'fc8080808080'],
]

const around = (hex: string) =>
  Buffer.concat([Buffer.from(`{"code":"${CANARY}`), Buffer.from(hex, 'hex'), Buffer.from('"}')])

/** Bodies that never log anybody in, each refused before WeChat hears of it. */
export const CORPUS: readonly BodyCase[] = [
  ...NOT_JSON.map(body => ({ name: body, body })),
  ...NUMBERS.map(value => ({ name: `number ${value}`, body: `{"code":${value}}` })),
  ...NO_OBJECT.map(body => ({ name: `no object: ${body}`, body })),
  ...CODES.map(value => ({ name: `code ${value.slice(0, 40)}`, body: `{"code":${value}}` })),
  ...OBJECTS.map(body => ({ name: body, body })),
  ...DEEP.map((body, i) => ({ name: `deep ${i}`, body })),
  ...BYTES.map(hex => ({ name: `bytes ${hex}`, body: around(hex) })),
  { name: 'UTF-16 LE', body: Buffer.from(`{${NAME}}`, 'utf16le') },
  { name: 'UTF-16 LE with a mark', body: Buffer.from(`\ufeff{${NAME}}`, 'utf16le') },
  { name: 'a NUL', body: Buffer.alloc(1) },
  { name: '16 KB of NULs', body: Buffer.alloc(16 * 1024) },
  { name: '16 KB of quotes', body: '"'.repeat(16 * 1024) },
  { name: '16 KB of backslashes', body: `{"code":"${'\\'.repeat(16_000)}"}` },
  { name: '16 KB of white space', body: ' '.repeat(16 * 1024) },
  { name: 'white space before each colon', body: `{${'"a"   :1,'.repeat(1600)}"b":1}` },
  { name: 'too large by a byte', body: `{"code":"${'x'.repeat(16 * 1024 - 10)}"}` },
  { name: 'a form', body: `code=${CANARY}`, type: 'application/x-www-form-urlencoded' },
  { name: 'a text', body: `{${NAME}}`, type: 'text/plain' },
  { name: 'no type', body: `{${NAME}}`, type: '' },
  { name: 'a list of types', body: `{${NAME}}`, type: 'application/json, text/plain' },
  { name: 'multipart', body: `{${NAME}}`, type: 'multipart/form-data; boundary=x' },
]
