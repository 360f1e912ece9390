/** WeChat works on the request (the code is spent), then the answer arrives changed. */
export type AnswerFault =
  /* These an honest client must still accept. */
  | 'textplain' // JSON labelled text/plain, as the ordinary answer of /sns/ is
  | 'json' // labelled application/json, as the ordinary answer of the others is
  | 'gzip' // compressed, asked for or not
  | 'bom' // U+FEFF before the JSON
  | 'errcodezero' // a success with errcode 0 and errmsg "ok", as the page's sample shows it
  | 'errcodezerostring' // the same with errcode "0"
  | 'expiresin' // a success with one more field, "expires_in": 7200 (seen at a login)
  /* These it must not take for a login. */
  | 'empty' // Content-Length 0
  | 'null' // the JSON null
  | 'array' // []
  | 'emptyobject' // {}
  | 'truncated' // the first half of the JSON, with the Content-Length of that half
  | 'trailing' // the JSON, then text, all within Content-Length
  | 'badutf8' // a byte 0xFF inside the openid
  | 'badgzip' // labelled gzip, not compressed
  | 'noopenid' // a success without openid
  | 'openidempty' // openid ""
  | 'openidnumber' // openid 12345
  | 'openidnull' // openid null
  | 'nosessionkey' // a success without session_key
  | 'sessionkeyempty' // session_key ""
  | 'sessionkeynumber' // session_key 12345
  | 'unionidnumber' // unionid 12345
  | 'noaccesstoken' // a success without access_token
  | 'accesstokenempty' // access_token ""
  | 'noexpiresin' // a success without expires_in
  | 'nophoneinfo' // a success without phone_info
  | 'foreignwatermark' // the watermark of phone_info names another app
  | 'errcodewithopenid' // every field of a success beside errcode 40029
  | 'errcodestring' // errcode as a string, "40029" in place of a success (an official sample)
  /* This one is a login of a user with a nasty name. */
  | 'openidhostile' // openid with quotes, SQL, a NUL and line breaks

/** Something before WeChat answers in its place; the code is not spent. */
export type ForeignFault =
  | 'html200' // a captive portal or firewall: HTML with status 200
  | 'html500'
  | 'html502'
  | 'html503'
  | 'html504'
  | 'status429' // with Retry-After: 30
  | 'redirect' // 302 to a path of the simulator which answers like a login, and records the visit

/** The connection itself misbehaves. */
export type WireFault =
  | 'never' // the request is read and never answered; not spent
  | 'drip' // headers, then one byte a second for ever; spent
  | 'headdrip' // one byte of a header a second, for ever; spent
  | 'reset' // RST before the first byte of the answer; spent
  | 'stale' // the same, only to a request on a reused connection; not spent
  | 'resetmid' // half the body, then RST; spent
  | 'closemid' // half the body, then an orderly close; spent
  | 'huge' // 200 MB without Content-Length, as fast as the client reads; not spent
  | 'gzipbomb' // 200 MB that travel as some 200 KB of gzip; not spent
  | 'garbage' // bytes that are not HTTP; not spent
  | 'badheader' // a header with illegal characters; spent
  | 'extrabytes' // more bytes than Content-Length says; spent

/** A misbehaviour with a name. */
export type TransportFault = AnswerFault | ForeignFault | WireFault

/** How one call shall go wrong. */
export type Fault =
  /**
   * WeChat refuses with this errcode; a string is sent as a JSON string. `spends`: whether the code
   * is burnt. Default: it is, except for errcodes about the request, the credentials, the address,
   * the quota or the account, which come before WeChat looks at the code. Whether a real -1 burns
   * it is not known; burnt is the harder case.
   */
  | { readonly errcode: number | string; readonly spends?: boolean }
  /** See each name for what happens and whether the code is spent. */
  | { readonly transport: TransportFault }
  /** WeChat logs the user in at once (the code is spent) and answers this many ms later. */
  | { readonly late: number }

const SPENT = { spendsCode: true } as const
const UNSPENT = { spendsCode: false } as const

/** Every transport fault, and whether the code is spent when it strikes. */
export const TRANSPORT_FAULTS: Readonly<Record<TransportFault, { readonly spendsCode: boolean }>> =
  {
    textplain: SPENT,
    json: SPENT,
    gzip: SPENT,
    bom: SPENT,
    errcodezero: SPENT,
    errcodezerostring: SPENT,
    expiresin: SPENT,
    empty: SPENT,
    null: SPENT,
    array: SPENT,
    emptyobject: SPENT,
    truncated: SPENT,
    trailing: SPENT,
    badutf8: SPENT,
    badgzip: SPENT,
    noopenid: SPENT,
    openidempty: SPENT,
    openidnumber: SPENT,
    openidnull: SPENT,
    nosessionkey: SPENT,
    sessionkeyempty: SPENT,
    sessionkeynumber: SPENT,
    unionidnumber: SPENT,
    noaccesstoken: SPENT,
    accesstokenempty: SPENT,
    noexpiresin: SPENT,
    nophoneinfo: SPENT,
    foreignwatermark: SPENT,
    errcodewithopenid: SPENT,
    errcodestring: SPENT,
    openidhostile: SPENT,
    html200: UNSPENT,
    html500: UNSPENT,
    html502: UNSPENT,
    html503: UNSPENT,
    html504: UNSPENT,
    status429: UNSPENT,
    redirect: UNSPENT,
    never: UNSPENT,
    drip: SPENT,
    headdrip: SPENT,
    reset: SPENT,
    stale: UNSPENT,
    resetmid: SPENT,
    closemid: SPENT,
    huge: UNSPENT,
    gzipbomb: UNSPENT,
    garbage: UNSPENT,
    badheader: SPENT,
    extrabytes: SPENT,
  }

export function isTransportFault(name: string): name is TransportFault {
  return Object.hasOwn(TRANSPORT_FAULTS, name)
}
