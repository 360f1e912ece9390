module.exports = {
  /** 登录服务的地址。真机上要换成电脑的局域网地址，上线前换成 https 的域名。 */
  baseUrl: 'http://127.0.0.1:3000',

  /**
   * 没有 AppID 时由服务器的模拟器扮演微信：这是登录的用户名。
   * 用自己的 AppID 时改成 ''，并把 project.config.json 里的 appid 改成它。
   */
  simulatedUser: 'alice',
  simulatorUrl: 'http://127.0.0.1:4000',

  /** 您自己的上传接口：收文件，应答 {"url": "https://…"}。空着时头像只存在这台手机上。 */
  uploadUrl: '',
}
