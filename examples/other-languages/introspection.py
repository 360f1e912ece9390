"""Python 业务服务，没有网关：每个请求问一次 /internal/introspect，注销立即生效。
A business server in Python without a gateway: it asks /internal/introspect at each request, so
that a log-out holds at once.

    LOGIN_URL=http://127.0.0.1:3000 INTERNAL_TOKEN=… PORT=8080 python3 introspection.py
"""

import http.client
import json
import os
import sys
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INTROSPECT_URL = os.environ["LOGIN_URL"] + "/internal/introspect"
INTERNAL_TOKEN = os.environ["INTERNAL_TOKEN"]

# 默认会走环境变量里的代理，令牌与凭据就到了代理手里。
# By default urllib takes the proxies of the environment, which would see token and credential.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class LoginServiceDown(Exception):
    pass


def introspect(token):
    """What is known of a token, or None when it does not hold."""
    form = urllib.parse.urlencode({"token": token}).encode()
    request = urllib.request.Request(
        INTROSPECT_URL, data=form, headers={"X-Internal-Token": INTERNAL_TOKEN}
    )
    try:
        with direct.open(request, timeout=2) as response:
            found = json.load(response)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LoginServiceDown(str(error)) from error
    if not isinstance(found, dict) or not isinstance(found.get("active"), bool):
        raise LoginServiceDown("no answer of RFC 7662: is LOGIN_URL right?")
    return found if found["active"] else None


class Orders(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            self.answer(401, {"error": "token_missing"})
            return
        try:
            found = introspect(token.strip())
        except LoginServiceDown as error:
            # 问不到不等于没登录，更不能放行 / not asked is not “not logged in”, and never a pass
            print(f"login service: {error}", file=sys.stderr, flush=True)
            self.answer(503, {"error": "unavailable"}, {"Retry-After": "2"})
            return
        if found is None:
            self.answer(401, {"error": "token_invalid"})
            return
        self.answer(200, {"user_id": found["sub"], "openid": found["openid"]})

    def answer(self, status, value, headers=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Orders)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
