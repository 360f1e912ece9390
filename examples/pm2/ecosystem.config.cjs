// PM2, from a folder where the service is built (docs/deploy.md):
//   pm2 start examples/pm2/ecosystem.config.cjs && pm2 save
// Secrets stand in .env beside package.json (chmod 600) and not here: `pm2 save` writes what stands
// in `env` below, and the shell's own variables, to ~/.pm2/dump.pm2 in clear text.
const path = require('node:path')

module.exports = {
  apps: [
    {
      name: 'miniprogram-login',
      cwd: path.join(__dirname, '../..'),
      script: 'dist/server/main.js',

      // Each instance is a process of PM2's cluster, and `pm2 reload` replaces them one by one: no
      // request is lost. Set instances to the number of cores, and leave WORKERS out.
      exec_mode: 'cluster',
      instances: 2,

      // PM2 sends SIGINT, and SIGKILL 1.6 s later by default: before the service is done. It needs
      // PRESTOP_MS (3 s), 10 s for requests under way and 5 s for what hangs.
      kill_timeout: 20_000,

      // The service says `ready` when it listens; until then the old instance serves.
      wait_ready: true,
      listen_timeout: 20_000,

      // A start that is refused (wrong settings) is no reason to try for ever.
      max_restarts: 10,
      min_uptime: 5000,
      restart_delay: 1000,

      // A line of the log is JSON with its own time. PM2 must not put anything before it.
      merge_logs: true,
      env: { NODE_ENV: 'production' },
    },
  ],
}
