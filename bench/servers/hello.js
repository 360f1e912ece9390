// The yardstick: Express 5 as its own front page shows it, every setting at its default.
const express = require('express')

const app = express()
app.get('/', (_req, res) => res.json({ hello: 'world' }))
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
