# What the runtime image begins with: scripts/runtime-image.js hands it to Dockerfile. Dependabot keeps the digests current
# here, and would not where they are values of ARG: https://github.com/dependabot/dependabot-core/issues/10190.
FROM docker.io/library/node:24-trixie-slim@sha256:0711b541c1c33a8a530ac4f0d391baa9a15b3d804695b1b24a47daa5fb60e74d AS node
FROM docker.io/library/python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285 AS python
