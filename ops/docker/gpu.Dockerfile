# Workers on NVIDIA GPUs with ONNX Runtime: CUDA 12 and cuDNN 9, which its CUDA provider is built for.
#   docker build -f ops/docker/gpu.Dockerfile -t atoll-gpu .
#   docker run --gpus all atoll-gpu worker --nats … --run … --devices all
ARG NODE_IMAGE=node:22.12.0-bookworm-slim
ARG CUDA_IMAGE=nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04

FROM ${NODE_IMAGE} AS build
WORKDIR /atoll
COPY package.json package-lock.json .npmrc ./
COPY ops/launcher ops/launcher
RUN npm ci --no-audit --no-fund
# The CUDA provider is not in the package: its install script, which runs nowhere else, fetches it.
RUN ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js \
  && rm node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_tensorrt.so
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && node ops/docker/trim.mjs gpu

FROM ${NODE_IMAGE} AS node

FROM ${CUDA_IMAGE}
ENV NODE_ENV=production XDG_CACHE_HOME=/cache XDG_STATE_HOME=/tmp/state
COPY --from=node /usr/local/bin/node /usr/local/bin/node
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
