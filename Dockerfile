# The service as an image, for docker-compose.yml and anything else that runs containers.
#
# Base images are pinned by the exact release of Node and Debian, not by digest: Debian's fixes are published under the same
# tag, but only until Node's next release has one of its own. Raise it then; pin the digest of what you have tested where you
# build. Nobody mends Node 20 any more; Node 22 is supported until April 2027. Not 24: what better-sqlite3 12 is built to
# against its headers, from 24.19 on, ends the process when memory is tidied (nodejs/node#65446).

# With compilers: better-sqlite3 is built from source, against the very Node and C library that it will run on.
FROM node:22.23.3-bookworm AS build
WORKDIR /app
ENV npm_config_nodedir=/usr/local npm_config_build_from_source=true npm_config_update_notifier=false
COPY package.json package-lock.json ./
# No package runs a script of its own but the one that allowScripts in package.json is about.
RUN npm ci --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && cd node_modules/better-sqlite3 && mv build/Release/better_sqlite3.node . && rm -rf deps src build \
  && mkdir -p build/Release && mv better_sqlite3.node build/Release/

FROM node:22.23.3-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
# Owned by root, so that the service cannot change what it runs.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A volume that is mounted here for the first time takes the owner from here. /secret is for what instances share.
RUN install -d -o node -g node -m 0700 /data /secret
# By number, so that a platform that refuses root can tell. It is the user `node` of the image.
USER 1000:1000
VOLUME /data
EXPOSE 3000
# Requests under way are finished, for up to five seconds; then the event store and the read model are closed.
STOPSIGNAL SIGTERM
# Whether the process should go on living. Whether it should get requests is /health/ready: starting it anew because the
# event store does not answer would help nobody.
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
