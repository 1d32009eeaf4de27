# Parley's server. The mock LLM is in the same image: run it with `node dist/apps/mock-llm/src/main.js`.

# The base image is pinned by its digest, so that each build uses the tested one. To find a newer one:
# `docker buildx imagetools inspect node:24-slim`; to use it: `docker build --build-arg NODE_IMAGE=…`.
ARG NODE_IMAGE=node:24-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Dependencies first: this layer is rebuilt only when they change.
COPY package.json package-lock.json ./
COPY apps/web/package.json apps/web/
COPY libs/client/package.json libs/client/
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
RUN npm run build && npm run build:web
# The list of packages in the image (CycloneDX), for scanners.
RUN npm run --silent sbom > sbom.json

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY apps/web/package.json apps/web/
COPY libs/client/package.json libs/client/
# Optional dependencies are not needed; TypeScript would be installed as an optional peer.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM ${NODE_IMAGE}
WORKDIR /app
# HOST: a container listens on all of its addresses. The operator decides which of them are published.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3001
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/sbom.json ./
COPY package.json ./
COPY --from=build /app/dist/libs dist/libs
COPY --from=build /app/dist/apps dist/apps
USER node
EXPOSE 3001
# Liveness only: a container that waits for its database must not be restarted. The slim image has no curl.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without a shell or npm in between, SIGTERM reaches the server, which drains and exits with 0.
CMD ["node", "dist/apps/server/src/main.js"]
