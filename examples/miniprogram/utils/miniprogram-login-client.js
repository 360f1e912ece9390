"use strict";
/** Every failure of the client. Switch on `code`; `message` is Chinese and may be shown. */
class LoginClientError extends Error {
    constructor(message, fields) {
        super(message);
        this.name = 'LoginClientError';
        this.code = fields.code;
        this.action = fields.action;
        this.status = fields.status || 0;
        this.requestId = fields.requestId;
        this.retryAfter = fields.retryAfter;
    }
}
/** The server's refusal; of an answer that is not the server's, that it isn't. */
function errorOfAnswer({ statusCode: status, data }) {
    const body = (typeof data === 'object' && data) || {};
    if (!body.error) {
        return new LoginClientError(`登录服务的应答无法识别（HTTP ${status}），请检查 baseUrl`, {
            code: 'internal',
            action: 'retry',
            status,
        });
    }
    return new LoginClientError(body.message || body.error, {
        code: body.error,
        action: body.action || 'none',
        status,
        requestId: body.request_id,
        retryAfter: body.retry_after || undefined,
    });
}
/** A `fail`: nothing came back. WeChat's own words are what a developer needs to read. */
function networkError(failure) {
    const words = failure.errMsg || failure.message;
    return new LoginClientError(`网络连接失败，请稍后再试${words ? `（${words}）` : ''}`, {
        code: 'network',
        action: 'retry',
        status: failure.statusCode || 0,
    });
}

/** https://developers.weixin.qq.com/miniprogram/dev/framework/usability/PublicErrno.html */
const DENIED_OR_CANCELLED = [103, 104];
/**
 * The detail itself, when the user agreed.
 *
 * @throws LoginClientError `user_denied`; `misconfigured` when WeChat refuses the button (no quota,
 *   no right, not declared in the privacy agreement)
 */
function readDetail(detail) {
    const { errMsg = '', errno = 0 } = detail;
    if (!errMsg || /:ok$/.test(errMsg))
        return detail;
    if (/deny|denied|cancel/i.test(errMsg) || DENIED_OR_CANCELLED.includes(errno)) {
        throw new LoginClientError('用户没有同意', { code: 'user_denied', action: 'tap_again' });
    }
    throw new LoginClientError(`微信不允许使用此按钮（${errMsg}）`, {
        code: 'misconfigured',
        action: 'contact_admin',
    });
}

/** What the server knows of the user, and WeChat tells of them. */
function createAccount(ask) {
    return {
        async phone(detail) {
            const { code } = readDetail(detail);
            return ask('POST', '/phone', { code }, 'phone_number');
        },
        async decrypt(data) {
            const { encryptedData, iv, rawData, signature } = readDetail(data);
            return ask('POST', '/decrypt', { encryptedData, iv, rawData, signature });
        },
        me: () => ask('GET', '/me', undefined, 'id'),
        updateMe: fields => ask('PUT', '/me', fields, 'id'),
        async sessions() {
            return (await ask('GET', '/sessions', undefined, 'sessions')).sessions;
        },
        async endSession(id) {
            await ask('DELETE', `/sessions/${encodeURIComponent(id)}`);
        },
    };
}

const ABSOLUTE = /^[a-z][\w+.-]*:/i;
/** `..`, written plainly or percent-encoded: the server would read it as a step out of the path. */
const STEP_OUT = /(^|[/\\])(\.|%2e){2}([/\\]|$)/i;
/**
 * A base without its last slash.
 *
 * @throws TypeError when it is no address
 */
function readBaseUrl(baseUrl) {
    if (typeof baseUrl !== 'string' || !/^https?:\/\/[^/]/.test(baseUrl)) {
        throw new TypeError('createClient: baseUrl must be an address such as https://api.example.com');
    }
    return baseUrl.replace(/\/+$/, '');
}
/** An address as it is, or a path under the base. */
function resolveUrl(baseUrl, url) {
    return ABSOLUTE.test(url) ? url : baseUrl + (url[0] === '/' ? '' : '/') + url;
}
/** Whether an address is the base or lies under it: the token is shown to no other. */
function isUnder(baseUrl, url) {
    const rest = url.slice(baseUrl.length);
    return (url.startsWith(baseUrl) &&
        /^([/?#]|$)/.test(rest) &&
        !STEP_OUT.test(rest.split(/[?#]/, 1).join()));
}

/** `success`, `fail` and `complete` of a request that was written for `wx.request`. */
function withCallbacks(options, asked) {
    const { success, fail, complete } = options;
    if (success || fail || complete) {
        const tell = (first) => (value) => {
            if (first)
                first(value);
            if (complete)
                complete(value);
        };
        asked.then(tell(success), tell(fail));
    }
    return asked;
}

/** The HTTP status of an answer or of a failure, if it tells one. */
function statusOf(told) {
    const { statusCode, status } = (told || {});
    return statusCode || status;
}
/**
 * Calls such a function. With a limit it ends in time even where the platform calls nobody back:
 * everybody waits for the one login.
 *
 * @throws Failure
 */
function ask(call, options, limitMs) {
    return new Promise((resolve, reject) => {
        const timer = limitMs && setTimeout(reject, limitMs, { errMsg: 'timeout' });
        const succeed = (result) => {
            clearTimeout(timer);
            resolve(result);
        };
        const fail = (failure) => {
            clearTimeout(timer);
            reject(failure);
        };
        let byPromise = false;
        const own = {
            success: (result) => byPromise || succeed(result),
            fail: (failure) => byPromise || fail(failure),
            complete: undefined,
        };
        const returned = call(Object.assign({}, options, own));
        // Of two answers the promise's counts: a library hands callbacks on, and changes what it gives.
        if (returned && typeof returned.then === 'function') {
            byPromise = true;
            returned.then(succeed, fail);
        }
    });
}
/** Whether WeChat runs on a PC, where a 401 lands in `fail`. */
function isPc(platform) {
    var _a;
    try {
        const info = platform.getDeviceInfo ? platform.getDeviceInfo() : (_a = platform.getSystemInfoSync) === null || _a === void 0 ? void 0 : _a.call(platform);
        return /windows|mac|pc/i.test(String(info.platform));
    }
    catch (_b) {
        return false;
    }
}

function createServer(platform, baseUrl, timeoutMs) {
    return {
        baseUrl,
        platform,
        timeoutMs,
        ask: (method, path, header, data) => ask((options) => platform.request(options), { url: baseUrl + path, method, header, data, timeout: timeoutMs }, timeoutMs).catch(failed),
    };
}
const bearer = (token) => ({ Authorization: `Bearer ${token}` });
/** @throws LoginClientError `network` */
function failed(failure) {
    throw networkError(failure);
}
/** A header of an answer: its name is written in many ways. */
function headerOf(answer, name) {
    const header = (answer || {}).header || {};
    const key = Object.keys(header).find(each => each.toLowerCase() === name);
    return key && String(header[key]);
}
/**
 * The body of a success. Without the field that it must have, it comes from somebody else: a proxy,
 * or a wrong baseUrl.
 *
 * @throws LoginClientError
 */
function bodyOf(answer, field) {
    const body = answer.data;
    const isOurs = body && typeof body === 'object' && (!field || body[field] !== undefined);
    if (answer.statusCode === 200 && isOurs)
        return body;
    throw errorOfAnswer(answer);
}

/** Asks whether the token holds, and logs nobody in. A token that does not is shown no more. */
function createCheck({ server, held, logIn, tell }) {
    return async () => {
        var _a, _b;
        if (logIn.flight)
            await logIn.flight.catch(() => undefined);
        const token = (_a = held.current()) === null || _a === void 0 ? void 0 : _a.token;
        const answer = await server.ask('GET', '/checklogin', token ? bearer(token) : {});
        const state = bodyOf(answer, 'is_login');
        if (!state.is_login && token && ((_b = held.current()) === null || _b === void 0 ? void 0 : _b.token) === token)
            held.drop();
        tell();
        return state;
    };
}

/**
 * A record in the storage, read once. A storage that throws or is full costs a login at the next
 * launch, and nothing else. A record of another server's is not read: two clients may be given one
 * `storageKey`, and a token is for its own server alone.
 */
function createKept(platform, { storageKey, baseUrl }) {
    let kept;
    return {
        read() {
            if (kept)
                return kept;
            kept = {};
            try {
                const record = platform.getStorageSync(storageKey);
                if (record && record.baseUrl === baseUrl)
                    kept = record;
            }
            catch (_a) { }
            return kept;
        },
        write(record) {
            kept = record;
            try {
                platform.setStorageSync(storageKey, record);
            }
            catch (_a) {
                // Rather no token than one that was replaced.
                try {
                    platform.removeStorageSync(storageKey);
                }
                catch (_b) { }
            }
        },
    };
}

/** A renewal that brings less has met the end of the session: another one would bring nothing. */
const LEAST_GAIN_MS = 10000;
/**
 * After a code that nobody looked at. An end, because a 401 of a route without a guard looks the
 * same, and because a server is upgraded one day.
 */
const PLAIN_MS = 86400000;
/** The token: in memory, and in the storage for the next launch. */
function createHeldToken(platform, { storageKey, baseUrl }) {
    const kept = createKept(platform, { storageKey, baseUrl });
    const write = (record) => kept.write(Object.assign({ baseUrl, plainUntil: kept.read().plainUntil }, record));
    return {
        current() {
            const { token, expiresAt } = kept.read();
            return token && Number(expiresAt) > Date.now() ? kept.read() : undefined;
        },
        isOut: () => Boolean(kept.read().isOut),
        hold({ token, expires_in: seconds }, renewed) {
            const life = seconds * 1000;
            const expiresAt = Date.now() + life;
            const isLast = renewed && expiresAt - renewed.expiresAt < LEAST_GAIN_MS;
            write({ token, expiresAt, renewAt: expiresAt - (isLast ? 0 : life / 4) });
        },
        drop: (isOut = false) => write({ isOut }),
        isPlain: () => Number(kept.read().plainUntil) > Date.now(),
        setPlain: () => write(Object.assign({}, kept.read(), { plainUntil: Date.now() + PLAIN_MS })),
    };
}

/**
 * Longest wait for the answer of a request that carries a code, in milliseconds. All others wait for
 * the same login: an upload or a long poll that came first must not hold them.
 */
const CARRY_MS = 2000;
/**
 * Whether the server refused the code: then it did nothing of the request. A refused code is never
 * 401. A 401 with the header is `/verify`'s, which looks at no code, handed on by a gateway.
 */
const isLoginRefused = (answer) => headerOf(answer, 'x-login-error') && statusOf(answer) !== 401;
/**
 * The login of a request that carries the code. Undefined where its answer tells of none: it was
 * lost, or is late, or the route asks nobody who they are, or the server is too old for this.
 *
 * @throws LoginClientError when the code was refused
 */
async function carried(carry, header, timeoutMs) {
    const answer = await ask(() => carry(header), {}, Math.min(CARRY_MS, timeoutMs)).catch(() => undefined);
    if (!answer)
        return undefined;
    const token = headerOf(answer, 'x-login-token');
    if (!token) {
        if (isLoginRefused(answer))
            throw errorOfAnswer(answer);
        return undefined;
    }
    return {
        message: 'success!',
        token,
        token_type: 'Bearer',
        expires_in: Number(headerOf(answer, 'x-login-expires-in')),
        is_new_user: Boolean(headerOf(answer, 'x-login-new-user')),
    };
}

/** Callers share the run under way; the next one after it begins anew. */
function singleFlight(run) {
    const shared = (...args) => {
        if (shared.flight)
            return shared.flight;
        const clear = () => {
            shared.flight = undefined;
        };
        const flight = run(...args);
        shared.flight = flight;
        flight.then(clear, clear);
        return flight;
    };
    shared.flight = undefined;
    return shared;
}

/** Of no use to anybody who does not have the code as well: unlike it, it need not be secret. */
const newKey = () => `${Date.now()}.${Math.random()}.${Math.random()}`;
/**
 * Exchanges a code. A lost answer is asked for once more with the same code and Idempotency-Key: the
 * login may have been done. So is one of a request that carried the code and brought no token.
 */
async function exchange(server, fields, carry) {
    const header = { 'Idempotency-Key': newKey() };
    const send = async () => bodyOf(await server.ask('POST', '/login', header, fields), 'token');
    if (carry) {
        const withCode = Object.assign({ 'X-WX-Code': fields.code }, header);
        return (await carried(carry, withCode, server.timeoutMs)) || send();
    }
    try {
        return await send();
    }
    catch (error) {
        if (error.code !== 'network')
            throw error;
        return send();
    }
}
/**
 * Logs in: `wx.login`, then `POST /login`, or a request that carries the code. Whoever calls while a login is under way shares it:
 * parallel codes would end one another's session_key. A code that is no good is replaced once;
 * where the server names a pause, the error is told instead.
 */
function createLogIn(server, held, appid, onSettled) {
    const { platform, timeoutMs } = server;
    const attempt = async (maxCodes, carry, codes = 1) => {
        const { code } = await ask((options) => platform.login(options), { timeout: timeoutMs }, timeoutMs).catch(failed);
        try {
            return { answer: await exchange(server, { code, appid }, carry), codes };
        }
        catch (error) {
            const { action, retryAfter } = error;
            if (codes >= maxCodes || action !== 'login' || retryAfter)
                throw error;
            return attempt(maxCodes, carry, codes + 1);
        }
    };
    return singleFlight(async (maxCodes, carry) => {
        try {
            const outcome = await attempt(maxCodes, carry);
            held.hold(outcome.answer);
            return outcome;
        }
        finally {
            onSettled();
        }
    });
}

/** A 401 that landed in `fail`, where its body is not told. */
const REFUSED = {
    statusCode: 401,
    data: { error: 'session_ended', action: 'login', message: '登录已失效，请重新登录' },
};
/**
 * Logs out, here first: whatever the server answers, no request carries the token from then on. A
 * session that the server no longer knows is as good as ended. To end `all` one has to be logged
 * in, so a session that is over is replaced once before.
 */
function createLogout(parts) {
    const { server, held, logIn, ready, wasRefused, tell } = parts;
    const end = async (token, all) => {
        try {
            return await server.ask('POST', '/logout', bearer(token), all ? { all } : {});
        }
        catch (failure) {
            if (await wasRefused(token, failure))
                return REFUSED;
            throw failure;
        }
    };
    const leave = async (all, isAgain = false) => {
        var _a;
        // A login under way would otherwise log in after us.
        if (logIn.flight)
            await logIn.flight.catch(() => undefined);
        const codes = all && !held.isOut() ? await ready() : 0;
        const token = (_a = held.current()) === null || _a === void 0 ? void 0 : _a.token;
        held.drop(true);
        tell();
        if (!token)
            return;
        const answer = await end(token, all);
        const isOver = answer.statusCode === 401;
        if (answer.statusCode === 200 || (isOver && !all))
            return;
        if (!isOver || codes < 1 || isAgain)
            throw errorOfAnswer(answer);
        await logIn(1);
        return leave(all, true);
    };
    return ({ all = false } = {}) => leave(all);
}

/** Two calls of `wx.login` serve one request at the most: the first login, and one after a 401. */
const MAX_CODES = 2;
function createReady({ held, logIn, renew, tell }) {
    return async (carry) => {
        const mustLogIn = !held.current() && !held.isOut();
        if (logIn.flight || mustLogIn) {
            try {
                return MAX_CODES - (await logIn(MAX_CODES, carry)).codes;
            }
            catch (error) {
                // A token that was there before goes on; a forced login that failed takes nothing away.
                if (!held.current())
                    throw error;
            }
        }
        if (held.current())
            tell();
        renew();
        return MAX_CODES;
    };
}

/** After a renewal that failed. Requests go on with the old token, which holds still. */
const PAUSE_MS = 60000;
/**
 * Renews the token once its last quarter has begun, by one request whatever the callers. Nobody
 * waits for it: the old token holds until its end. A failure is not told: a session that has ended
 * shows itself to the next request.
 */
function createRenewal(server, held) {
    const renew = singleFlight(async () => {
        const old = held.current();
        if (!old || Date.now() < old.renewAt)
            return;
        old.renewAt = Date.now() + PAUSE_MS;
        try {
            const answer = await server.ask('POST', '/refresh', bearer(old.token), {});
            // A log-out or another login in the meantime has the last word.
            if (held.current() === old)
                held.hold(bodyOf(answer, 'token'), old);
        }
        catch (_a) { }
    });
    return () => void renew();
}

/** Runs so many jobs at once, and the others in the order in which they came. */
function createRequestQueue(limit) {
    const waiting = [];
    let running = 0;
    return async (job) => {
        // Whoever ends hands its place to the next one, so that nobody slips in between.
        if (running < limit)
            running++;
        else
            await new Promise(start => waiting.push(start));
        try {
            return await job();
        }
        finally {
            const next = waiting.shift();
            if (next)
                next();
            else
                running--;
        }
    };
}

/** A request waits for a login under way, or begins one and carries its code. */
function createSend(parts) {
    const { server, held, ready } = parts;
    return async (call, options, mayCarry) => {
        const url = resolveUrl(server.baseUrl, options.url || '');
        if (!isUnder(server.baseUrl, url))
            return ask(call, Object.assign({}, options, { url }));
        let first;
        const carry = header => {
            first = ask(call, withHeader(options, url, header));
            return first;
        };
        // A key of the app's own is for its request, and not for our login.
        const isCarrier = mayCarry && !held.isPlain() && !headerOf(options, 'idempotency-key');
        let codes;
        try {
            codes = await ready(isCarrier ? carry : undefined);
        }
        catch (error) {
            return answeredAnyway(first, error);
        }
        const once = () => {
            var _a;
            const token = (_a = held.current()) === null || _a === void 0 ? void 0 : _a.token;
            return ask(call, withHeader(options, url, token && bearer(token)));
        };
        if (first) {
            const result = await first.catch(told401);
            if (!headerOf(result, 'x-login-token')) {
                if (statusOf(result) !== 401)
                    return result;
                // Refused for want of a token: nobody looked at the code.
                held.setPlain();
                return once();
            }
        }
        return sendTwice(parts, { options, codes, once, sent: first || once() });
    };
}
/**
 * When the token is refused, the request is repeated once, after one login that all who were refused
 * share.
 */
async function sendTwice(parts, { options, codes, once, sent }) {
    var _a;
    const { server, held, wasRefused } = parts;
    const token = (_a = held.current()) === null || _a === void 0 ? void 0 : _a.token;
    let end;
    let isSure = true;
    try {
        const result = await sent;
        if (statusOf(result) !== 401 || !token)
            return result;
        end = () => result;
    }
    catch (failure) {
        if (!token || !(await wasRefused(token, failure)))
            throw failure;
        isSure = statusOf(failure) === 401;
        end = () => {
            throw failure;
        };
    }
    // Without a status the answer may have been lost after all. Only where 401s land in `fail` is
    // that unlikely enough to do twice what may be done once alone.
    const mayRepeat = isSure || isRepeatable(options) || isPc(server.platform);
    const isLoggedIn = await logInAgain(parts, token, mayRepeat ? codes : 0);
    return isLoggedIn && mayRepeat ? once() : end();
}
/**
 * After a refusal: logs in, unless somebody else did or no code is left. Says whether there is
 * another token, to repeat the request with.
 */
async function logInAgain({ held, logIn, tell }, token, codes) {
    var _a;
    if (((_a = held.current()) === null || _a === void 0 ? void 0 : _a.token) === token)
        held.drop();
    if (held.current())
        return true;
    if (held.isOut() || codes < 1) {
        tell();
        return false;
    }
    await logIn(codes);
    return true;
}
function isRepeatable({ method = 'GET', filePath }) {
    return method.toUpperCase() !== 'POST' && !filePath;
}
/** On a PC a 401 lands in `fail`. */
function told401(failure) {
    if (statusOf(failure) === 401)
        return failure;
    throw failure;
}
/** What a request came to that carried a code, where the login failed beside it. */
async function answeredAnyway(first, error) {
    const result = await (first || Promise.reject(error)).catch(() => undefined);
    if (!result || isLoginRefused(result) || statusOf(result) === 401)
        throw error;
    return result;
}
/** With our headers, and no other token: one that an app kept from an earlier login is stale. */
function withHeader(options, url, own) {
    if (!own)
        return Object.assign({}, options, { url });
    const header = Object.assign({}, options.header);
    for (const name of Object.keys(header)) {
        if (name.toLowerCase() === 'authorization')
            delete header[name];
    }
    return Object.assign({}, options, { url, header: Object.assign(header, own) });
}

/** Tells a change of the state, after the fact: what the listener throws breaks no login. */
function createTelling(isLoggedIn, onChange) {
    let told = false;
    return () => {
        const state = { isLoggedIn: isLoggedIn() };
        if (state.isLoggedIn === told)
            return;
        told = state.isLoggedIn;
        if (onChange)
            void Promise.resolve(state).then(onChange);
    };
}

/**
 * On a PC, WeChat puts a 401 into `fail`, perhaps without its status. The server is asked then. A
 * time-out or an abort is none, and a server that cannot be asked has refused nothing.
 */
function createWasRefused(server) {
    return async (token, failure) => {
        const status = statusOf(failure);
        if (status)
            return status === 401;
        if (/timeout|abort|interrupt/i.test(failure.errMsg || failure.message || ''))
            return false;
        try {
            const { data } = await server.ask('GET', '/checklogin', bearer(token));
            return data.is_login === false;
        }
        catch (_a) {
            return false;
        }
    };
}

/** WeChat runs 10 at once. Login, renewal and check need a place beside the app's own requests. */
const AT_ONCE = 8;
/**
 * The login of a mini program, and its requests.
 *
 * @throws TypeError where baseUrl is no address, or no platform is there
 */
function createClient(options) {
    const baseUrl = readBaseUrl(options.baseUrl);
    const platform = options.wx || (typeof wx === 'undefined' ? undefined : wx);
    if (!platform)
        throw new TypeError('createClient: wx is missing: give the platform object');
    const { appid, timeoutMs = 10000, storageKey = `miniprogram-login:${baseUrl}` } = options;
    const server = createServer(platform, baseUrl, timeoutMs);
    const held = createHeldToken(platform, { storageKey, baseUrl });
    const tell = createTelling(() => Boolean(held.current()), options.onChange);
    const logIn = createLogIn(server, held, appid, tell);
    const ready = createReady({ held, logIn, tell, renew: createRenewal(server, held) });
    const parts = { server, held, logIn, tell, ready, wasRefused: createWasRefused(server) };
    const send = createSend(parts);
    // The server takes a carried code for its first mini program's.
    const request = createRequest(platform, send, !appid);
    return Object.assign({
        request,
        wrap: (other) => (asked) => withCallbacks(asked, send(other, asked)),
        login: async () => (await logIn(MAX_CODES)).answer,
        get ready() {
            return (held.current() ? ready() : logIn(MAX_CODES)).then(() => undefined);
        },
        check: createCheck(parts),
        logout: createLogout(parts),
    }, createAccount(async (method, path, data, field) => {
        const asked = { url: baseUrl + path, method, data, timeout: timeoutMs };
        return bodyOf(await request(asked), field);
    }));
}
/** `wx.request` with the token. What fails without an answer becomes an error of the client's. */
function createRequest(platform, send, mayCarry) {
    const enqueue = createRequestQueue(AT_ONCE);
    const queued = asked => enqueue(() => ask((each) => platform.request(each), asked));
    return (asked) => withCallbacks(asked, send(queued, asked, mayCarry).catch(error => {
        throw error instanceof LoginClientError ? error : networkError(error);
    }));
}
exports.createClient = createClient;
exports.LoginClientError = LoginClientError;
