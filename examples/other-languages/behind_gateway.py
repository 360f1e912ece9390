"""Python 业务服务，在网关（examples/nginx）之后：网关问过 /verify，这里只读请求头。
A business server in Python behind the gateway of examples/nginx, which has asked /verify.

    PORT=8080 python3 behind_gateway.py

只监听本机：能绕过网关的人就能自称任何人。
It listens on this machine only: whoever gets around the gateway can claim to be anybody.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Orders(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        user_id = self.headers.get("X-User-Id")
        if not user_id:
            # 没有经过网关，或是不需登录的路径 / not through the gateway, or on a path without login
            self.answer(401, {"error": "token_missing"})
            return
        self.answer(200, {"user_id": user_id, "openid": self.headers.get("X-Openid")})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Orders)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
