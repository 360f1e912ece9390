/*
 * Keeps SIGUSR1 from opening Node's inspector, which shows everything in the process, secrets too.
 * A listener of our own takes the place of Node's. The program imports this file before any other:
 * on a busy machine the others take seconds to load. `node --disable-sigusr1` does the same from the
 * first instant, in Node 22.14 and later; Node 20 does not know it.
 */
process.on('SIGUSR1', () => {})
