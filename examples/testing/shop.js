const express = require('express')

/** Your own app. It takes the login from outside, so that a test can give it another one. */
exports.createShop = login => {
  const app = express()
  app.use('/api', login.router)
  app.get('/orders', login.required, (req, res) => {
    res.json({ orders: [], of: login.of(req).userId })
  })
  app.use(login.errorHandler)
  return app
}
