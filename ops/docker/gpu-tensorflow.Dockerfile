# Workers on NVIDIA GPUs with TensorFlow (--engine tensorflow): @tensorflow/tfjs-node-gpu, which wants CUDA 11, cuDNN 8 and
# Node 20. For networks that ONNX Runtime does not run; it is the slower of the two.
#   docker build -f ops/docker/gpu-tensorflow.Dockerfile -t atoll-gpu-tensorflow .
ARG NODE_IMAGE=node:20.18.1-bookworm-slim
ARG CUDA_IMAGE=nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04

FROM ${NODE_IMAGE} AS build
# What its native part is built with, where no built one fits this Node.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends build-essential ca-certificates python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /atoll
COPY package.json package-lock.json .npmrc ./
COPY ops/launcher ops/launcher
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund
# An optional peer, in the version that package.json asks for. Its install script fetches TensorFlow itself.
RUN npm install --no-save --no-audit --no-fund --ignore-scripts=false --omit=dev \
  "@tensorflow/tfjs-node-gpu@$(node -p "require('./package.json').peerDependencies['@tensorflow/tfjs-node-gpu']")" \
  && node ops/docker/trim.mjs tensorflow

FROM ${NODE_IMAGE} AS node

FROM ${CUDA_IMAGE}
ENV NODE_ENV=production XDG_CACHE_HOME=/cache XDG_STATE_HOME=/tmp/state TF_CPP_MIN_LOG_LEVEL=1
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
