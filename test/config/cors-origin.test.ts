import { problemWithCorsOrigin } from '../../src/config/cors-origin'

test.each([
  'https://h5.example.com',
  'https://h5.example.com:8443',
  'http://localhost:8080',
  'http://[::1]:8080',
  'https://xn--fsqu00a.cn',
])('%s is an origin', origin => expect(problemWithCorsOrigin(origin)).toBeUndefined())

test.each([
  ...['', 'null', 'h5.example.com', '//h5.example.com', 'https://', 'file://', 'app://h5'],
  ...['https://h5.example.com/', 'https://h5.example.com/app', 'https://h5.example.com?x=1'],
  ...['https://H5.example.com', 'HTTPS://h5.example.com', 'https://h5.example.com:443'],
  ...['https://a@h5.example.com', ' https://h5.example.com', '例子.cn'],
])('%j is none, and what an origin looks like is said', origin => {
  expect(problemWithCorsOrigin(origin)).toMatch(/https:\/\/h5\.example\.com/)
})

test.each(['*', 'https://*.example.com'])('%s is refused for what it would do', origin => {
  expect(problemWithCorsOrigin(origin)).toMatch(/any page/)
})
