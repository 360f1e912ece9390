import type { LoginEvent, LoginEventType } from '../../src/events'

/** Every event with every field that it can have: the type check wants a field that is forgotten. */
export const EXAMPLES: {
  readonly [T in LoginEventType]: Required<Extract<LoginEvent, { type: T }>>
} = {
  'login.succeeded': {
    type: 'login.succeeded',
    ...session(),
    ...decision(58.4),
    isNewUser: true,
    isRepeat: true,
    ...shared(),
  },
  'login.refused': {
    type: 'login.refused',
    appid: session().appid,
    userId: session().userId,
    ...failure('code_invalid', 'errcode', 40029),
    ...decision(41.2),
    isRepeat: true,
    ...shared(),
  },
  'login.failed': {
    type: 'login.failed',
    appid: session().appid,
    userId: session().userId,
    ...failure('wechat_quota', 'errcode', 45011),
    ...decision(39.8),
    isRepeat: true,
    ...shared(),
  },
  'token.refused': {
    type: 'token.refused',
    ...session(),
    // No token check asks WeChat, and the type has these fields from every failure.
    ...failure('session_ended', 'logout', 0),
    ...decision(0.4),
  },
  'session.ended': { type: 'session.ended', ...session(), reason: 'logout', ...origin() },
  'user.disabled': { type: 'user.disabled', userId: session().userId, ...origin() },
  'user.enabled': { type: 'user.enabled', userId: session().userId, ...origin() },
  'user.erased': { type: 'user.erased', userId: session().userId, ...origin() },
  'phone.shared': {
    type: 'phone.shared',
    ...session(),
    ...failure('phone_code_invalid', 'login_code', 40029),
    ...decision(63.1),
    ...shared(),
  },
  'data.opened': {
    type: 'data.opened',
    ...session(),
    ...failure('data_undecryptable', 'watermark_appid', 0),
    ...decision(1.3),
  },
  'access_token.given': {
    type: 'access_token.given',
    appid: session().appid,
    ...failure('wechat_unavailable', 'errcode', -1),
    ...decision(44.7),
    isReplacement: true,
  },
  'wechat.refused': {
    type: 'wechat.refused',
    api: '/sns/jscode2session',
    appid: session().appid,
    ...failure('misconfigured', 'errcode', 40125),
    fix: 'compare WX_SECRET / WX_APPS with the console of the mini program',
    ...origin(),
  },
  'wechat.unreachable': {
    type: 'wechat.unreachable',
    api: '/sns/jscode2session',
    appid: session().appid,
    sent: false,
    ...failure('wechat_unavailable', 'tls', 0),
    fix: 'run doctor: set the clock by NTP; where a proxy opens TLS, name its root in NODE_EXTRA_CA_CERTS',
    ...origin(),
  },
  'store.lost': {
    type: 'store.lost',
    setting: 'DATABASE_URL',
    reason: 'sqlite_full_13',
    fix: 'the disk of the database is full: make room (df -h); the service goes on by itself',
  },
  'store.back': { type: 'store.back', setting: 'DATABASE_URL' },
  'hook.failed': { type: 'hook.failed', hook: 'afterLogin', reason: 'late', ...origin() },
}

function session() {
  return {
    appid: 'wx0123456789abcdef',
    userId: 'AZuEXF0gq2uJ0m0rW5PqWQ',
    sessionId: 'h3Kq8Zt1Vx7Lw2Nc9Rb4Mf6Jp0Sd5Gya',
  }
}

function origin() {
  return { requestId: '5f1c9a52-8f0e-4f4e-9d0b-3f6f4a1f7c11', ip: '203.0.113.7' }
}

function decision(durationMs: number) {
  return { ...origin(), durationMs }
}

function shared() {
  return { sharers: 1, sharedBy: ['0c7b1b7e-52a7-4b53-8a53-7d0a8f0f2e64'] }
}

function failure<E extends string>(error: E, reason: string, wxErrcode: number) {
  return { error, reason, wxErrcode, wxRid: '66c69111-4157f271-729ca238' }
}
