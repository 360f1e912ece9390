// The ground under every server: node:http and nothing else.
const { createServer } = require('node:http')

const server = createServer((_req, res) => res.end('{"hello":"world"}'))
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
