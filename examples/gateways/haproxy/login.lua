-- 问登录服务的 /verify / asks the login service's /verify. HAProxy >= 2.6, with Lua.
-- 结果放进变量 / what it says goes into variables: txn.login_status, txn.login_body, txn.login_wait,
-- 登录了还有 / and for who is logged in: txn.login_user_id, txn.login_appid, txn.login_openid, txn.login_unionid
local URL = os.getenv("LOGIN_VERIFY_URL") or "http://127.0.0.1:3000/verify"
local TIMEOUT_MS = 2000
local TOKENS = { "authorization", "sessionid", "token", "user-agent" }
local IDENTITY = { "user_id", "appid", "openid", "unionid" }

core.register_action("login_verify", { "http-req" }, function(txn)
  local received = txn.http:req_get_headers()
  -- 只送令牌，不送请求体 / the tokens and nothing else, and no body
  local sent = {
    ["x-internal-token"] = { os.getenv("INTERNAL_TOKEN") or "" },
    ["x-forwarded-for"] = { txn.f:src() },
  }
  for _, name in ipairs(TOKENS) do
    -- 重复的一律送去，由登录服务拒绝 / repeated ones are all sent: the login service refuses them
    local values = {}
    for i = 0, received[name] and #received[name] or -1 do values[i + 1] = received[name][i] end
    if #values > 0 then sent[name] = values end
  end

  local answer = core.httpclient():get({ url = URL, headers = sent, timeout = TIMEOUT_MS })
  local headers = answer and answer.headers or {}
  local function header(name)
    local values = headers[name]
    return values and values[0] ~= "" and values[0] or nil
  end
  txn:set_var("txn.login_status", answer and answer.status or 0)
  txn:set_var("txn.login_body", answer and answer.body or "")
  txn:set_var("txn.login_wait", header("retry-after") or "2")
  if not answer or answer.status ~= 200 then return end
  for _, name in ipairs(IDENTITY) do
    local value = header("x-" .. name:gsub("_", "-"))
    if value then txn:set_var("txn.login_" .. name, value) end
  end
end, 0)
