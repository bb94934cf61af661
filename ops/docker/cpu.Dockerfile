# Atoll on CPUs: coordinator, workers, every command. About 200 MB more than Node's own image.
#   docker build -f ops/docker/cpu.Dockerfile -t atoll .
ARG NODE_IMAGE=node:22.12.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /atoll
COPY package.json package-lock.json .npmrc ./
COPY ops/launcher ops/launcher
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && node ops/docker/trim.mjs cpu

FROM ${NODE_IMAGE}
ENV NODE_ENV=production XDG_CACHE_HOME=/cache XDG_STATE_HOME=/tmp/state
# The volumes that are mounted here take over who owns them.
RUN mkdir -p /runs /cache && chown 1000:1000 /runs /cache
COPY --from=build /atoll/package.json /atoll/LICENSE /atoll/
COPY --from=build /atoll/node_modules /atoll/node_modules
COPY --from=build /atoll/dist /atoll/dist
COPY ops/docker/healthy.mjs /atoll/healthy.mjs
USER 1000:1000
WORKDIR /runs
VOLUME ["/runs", "/cache"]
ENTRYPOINT ["node", "/atoll/dist/ops/atoll.js"]
CMD ["--help"]
