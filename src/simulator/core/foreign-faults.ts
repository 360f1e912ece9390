import type { Answer } from './answer'
import { instead, type NamedFaults } from './named-faults'

/**
 * Where the fault `redirect` sends a client. A client that is careful never comes here. The platform
 * gives this path an endpoint, so that the simulator records a client that follows.
 */
export const REDIRECT_TARGET = '/redirected'

const html = (status: number, title: string) =>
  instead(() => ({
    status,
    headers: { 'Content-Type': 'text/html' },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body><h1>${title}</h1></body>\r\n</html>\r\n`,
  }))

const TOO_MANY: Answer = {
  status: 429,
  headers: { 'Content-Type': 'text/plain', 'Retry-After': '30' },
  body: 'Too Many Requests',
}

/** Something that stands before the platform answers in its place. The code is not spent. */
export const FOREIGN_FAULTS = {
  /** A captive portal or a firewall: HTML with status 200. */
  html200: html(200, 'Sign in to this network'),
  html500: html(500, '500 Internal Server Error'),
  html502: html(502, '502 Bad Gateway'),
  html503: html(503, '503 Service Temporarily Unavailable'),
  html504: html(504, '504 Gateway Time-out'),
  /** With Retry-After: 30. */
  status429: instead(() => TOO_MANY),
  /** 302 to a path of the simulator that answers like a login. */
  redirect: instead(url => ({
    status: 302,
    headers: { Location: `${url}${REDIRECT_TARGET}` },
    body: '',
  })),
} satisfies NamedFaults
