import type { Server } from 'node:http'
import { ConfigError, type ConfigProblem } from '../config/config-error'

const PROBLEMS: Readonly<Record<string, ConfigProblem>> = {
  EADDRINUSE: {
    name: 'PORT',
    problem: 'the port is taken: choose another one, or stop what listens there',
  },
  EACCES: {
    name: 'PORT',
    problem: 'this user may not listen on so low a port; take one above 1023',
  },
  EADDRNOTAVAIL: {
    name: 'HOST',
    problem:
      'this machine has no such address: set one that it has, or leave HOST out for all of them',
  },
  ENOTFOUND: {
    name: 'HOST',
    problem:
      'there is no such name: set an address of this machine, or leave HOST out for all of them',
  },
  EAI_AGAIN: {
    name: 'HOST',
    problem:
      'there is no such name: set an address of this machine, or leave HOST out for all of them',
  },
}

/**
 * Listens, and resolves to the port.
 *
 * @throws ConfigError when the port or the address cannot be had
 */
export async function listen(
  server: Server,
  { port, host }: { port: number; host: string | undefined },
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = PROBLEMS[error.code ?? '']
      reject(problem ? new ConfigError([problem]) : error)
    })
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}
