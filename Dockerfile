# syntax=docker/dockerfile:1
# Build:  docker build -t miniprogram-login .
# Run:    see compose.yaml, or docs/deploy.md. `test/deploy/dockerfile.test.ts` runs these steps.

FROM node:22-bookworm-slim AS build
WORKDIR /app
# First what says which packages there are: a change of the sources alone installs nothing anew.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY client ./client
COPY src ./src
RUN npm run build
# The compiler goes. The drivers of PostgreSQL, MySQL and Redis come, in the lockfile's versions.
RUN npm prune --omit=dev --ignore-scripts \
  && npm install --no-save --save-prod --omit=dev --ignore-scripts $(node scripts/drivers.js)

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    DATABASE_URL=sqlite:/data/login.db
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The one folder that is written to. A volume mounted here is made with its owner.
RUN install -d -o node -g node -m 0700 /data
VOLUME ["/data"]
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Asks this process alone, no store: an instance is not restarted because a database is down.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD node -e "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"
# The program itself is process 1 and hears SIGTERM: npm or a shell would keep it to themselves.
CMD ["node", "dist/server/main.js"]
