-- 问登录服务的 /verify / asks the login service's /verify. Apache >= 2.4, mod_lua, LuaSocket (Debian: lua-socket).
require "apache2"
local http = require "socket.http"
local ltn12 = require "ltn12"

local URL = os.getenv("LOGIN_VERIFY_URL") or "http://127.0.0.1:3000/verify"
local TIMEOUT_S = 2
local TOKENS = { "Authorization", "sessionid", "token", "User-Agent" }
local IDENTITY = { "X-User-Id", "X-Appid", "X-Openid", "X-Unionid" }
-- 原样返回的状态 / statuses that are passed on as they are
local REFUSALS = { [401] = true, [403] = true, [429] = true }
local TO_CLIENT = { "WWW-Authenticate", "Retry-After", "Cache-Control", "X-Request-Id", "X-Content-Type-Options" }
local UNAVAILABLE = '{"error":"shutting_down","message":"服务正在重启，请稍后再试","message_en":"The service is shutting down.","action":"wait","retry_after":2,"request_id":"%s"}'

local NOT_FOUND = '{"error":"not_found","message":"没有这个接口","message_en":"There is no such route.","action":"fix_request","retry_after":null,"request_id":"%s"}'

local function refuse(r, status, body)
  r.status = status
  r.content_type = "application/json; charset=utf-8"
  r:write(body)
  return apache2.DONE
end

-- 令牌止于网关；业务服务若要代用户调用 /me 等，不要删去它们。
-- Tokens end at the gateway; a business server that calls /me and the like for the user needs them.
function strip_tokens(r)
  for _, name in ipairs({ "Authorization", "sessionid", "token" }) do r.headers_in[name] = nil end
  return apache2.OK
end

-- 外部不可访问 / not for the outside
function not_found(r)
  return refuse(r, 404, NOT_FOUND:format(r.log_id or "-"))
end

-- 见 login.conf 的 SetEnvIf / see SetEnvIf in login.conf
function refuse_odd_headers(r)
  if r.subprocess_env["odd_identity"] then return 400 end
  return apache2.DECLINED
end

function verify(r)
  local sent = {
    ["X-Internal-Token"] = os.getenv("INTERNAL_TOKEN") or "",
    ["X-Forwarded-For"] = r.useragent_ip,
  }
  for _, name in ipairs(TOKENS) do sent[name] = r.headers_in[name] end
  local body = {}
  local ok, status, headers = http.request({
    url = URL, headers = sent, sink = ltn12.sink.table(body), redirect = false,
    create = function()
      local socket = require("socket").tcp()
      socket:settimeout(TIMEOUT_S)
      return socket
    end,
  })
  if ok and status == 200 then
    for _, name in ipairs(IDENTITY) do
      local value = headers[name:lower()]
      -- 没有可说的就不写：外来的已删去 / what there is nothing to say in is not written
      r.headers_in[name] = value ~= "" and value or nil
    end
    return strip_tokens(r)
  end
  if ok and REFUSALS[status] then
    for _, name in ipairs(TO_CLIENT) do
      if headers[name:lower()] then r.headers_out[name] = headers[name:lower()] end
    end
    return refuse(r, status, table.concat(body))
  end
  r.headers_out["Retry-After"] = "2"
  r.headers_out["Cache-Control"] = "no-store"
  return refuse(r, 503, UNAVAILABLE:format(r.log_id or "-"))
end
