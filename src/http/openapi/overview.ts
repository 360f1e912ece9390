import { bilingual } from './json-schema'

/** What holds for every route, before the routes one by one. In Markdown: tools show it. */
export const OVERVIEW = bilingual({
  zh: `用 wx.login 的 code 换一个令牌，之后每个请求放在 \`Authorization: Bearer\` 里。JSON 进出，UTF-8；每个响应都带 \`X-Request-Id\`；不认识的字段请忽略。

所有错误响应的格式相同。程序看 \`error\` 与 \`action\`，\`message\` 可以给用户看。\`action\` 说下一步做什么：

- \`login\`：用 wx.login 拿一个**新的** code，重新登录
- \`wait\`：等 \`retry_after\` 秒再试
- \`retry\`：可以再试
- \`tap_again\`：请用户再点一次按钮
- \`fix_request\`：请求写错了
- \`contact_admin\`：要服务端处理
- \`none\`：没有可做的

任何接口还可能答 400（\`invalid_request\`）、404、405、408 与 431，形状相同。`,
  en: `Exchange a code of wx.login for a token, then send it as \`Authorization: Bearer\` with every request. JSON in and out, UTF-8. Every answer has an \`X-Request-Id\`. Ignore fields that you do not know.

Every failure has one shape. Programs look at \`error\` and \`action\`, people at \`message_en\`. The \`action\` says what to do next:

- \`login\`: call wx.login for a **new** code and log in again
- \`wait\`: try again after \`retry_after\` seconds
- \`retry\`: try again
- \`tap_again\`: have the user tap the button again
- \`fix_request\`: the request is wrong
- \`contact_admin\`: the operator must act
- \`none\`: nothing helps

Any route may also answer 400 (\`invalid_request\`), 404, 405, 408 and 431, in the same shape.`,
})
