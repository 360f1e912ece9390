const { execFileSync } = require('node:child_process')

/** Time that every fsync takes longer on the slow disk. */
const SLOW_FSYNC_MS = 20

/**
 * A command that starts another one on a slow disk: strace holds up each fsync of its threads, and
 * sees no other system call. It traces from a process of its own, so that signals reach the server.
 */
const SLOW_DISK = [
  ...['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null'],
  ...['-e', 'trace=fsync,fdatasync'],
  ...['-e', `inject=fsync,fdatasync:delay_enter=${SLOW_FSYNC_MS * 1000}`],
]

/** Whether strace is there and may trace; says so if not. */
function canSlowDown() {
  const [command, ...args] = SLOW_DISK
  try {
    execFileSync(command, [...args, process.execPath, '-e', ''])
    return true
  } catch {
    process.stderr.write('skipped: the slow disk, for strace is not installed or not allowed\n')
    return false
  }
}

module.exports = { SLOW_DISK, SLOW_FSYNC_MS, canSlowDown }
