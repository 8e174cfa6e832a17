# The server as an image: no shell, no package manager, no root. docs/deployment.md says how to run it.
# For a build that is the same tomorrow, pin both images by digest: docker buildx imagetools inspect <image>

FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# Types and style are checked in CI.
RUN npx tsx cli/build.ts && npm prune --omit=dev

FROM gcr.io/distroless/nodejs24-debian13:nonroot
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
# The build is one file. Only a tool may import a package that is not in it.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER nonroot
EXPOSE 3000
# In this form node is process 1 and gets the signals.
ENTRYPOINT ["/nodejs/bin/node", "--enable-source-maps", "dist/server.js"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/nodejs/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
