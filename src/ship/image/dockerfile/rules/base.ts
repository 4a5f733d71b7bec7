import { endedParts } from "../../end-of-life.ts";
import { bottomOf, type Dockerfile, type Stage } from "../read.ts";
import type { DockerfileRule } from "../rule.ts";

/** Stages that begin with an image of somebody else. */
function foreign({ stages }: Dockerfile): Stage[] {
  return stages.filter(({ base }) => base.stage === undefined && base.name !== "scratch");
}

/** A tag that holds an argument of the build is somebody's choice at build time. */
export const baseTag: DockerfileRule = {
  name: "base-tag",
  severity: "warning",
  title: "The image that it builds on has no version",
  why: "`latest`, or no tag, is whatever there was when it was last fetched: the same file makes another image tomorrow, and nobody sees what changed.",
  cure: "Name a version, and its digest: `FROM node:24-slim@sha256:…`.",
  bad: "FROM python\nUSER 1069",
  good: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069",
  *check(dockerfile) {
    for (const { base, from } of foreign(dockerfile)) {
      if (base.isOpen || base.digest !== undefined) continue;
      const what = base.tag === undefined ? "no tag" : "the tag latest";
      if (base.tag === undefined || base.tag === "latest")
        yield { line: from, message: `\`${base.text}\` has ${what}` };
    }
  },
};

export const baseDigest: DockerfileRule = {
  name: "base-digest",
  severity: "warning",
  title: "The image that it builds on may change",
  why: "A tag is moved when its image is made anew. With the digest behind it the build is the same each time, and an update is a change that a pull request shows (Renovate and Dependabot both make them).",
  cure: "Add the digest that `docker buildx imagetools inspect IMAGE` prints: `IMAGE@sha256:…`.",
  bad: "FROM node:24-slim\nUSER 1069",
  good: "FROM node:24-slim@sha256:DIGEST\nUSER 1069",
  *check(dockerfile) {
    for (const { base, from } of foreign(dockerfile)) {
      const hasVersion = base.tag !== undefined && base.tag !== "latest";
      if (!base.isOpen && base.digest === undefined && hasVersion)
        yield {
          line: from,
          message: `\`${base.text}\` is named by its tag alone`,
          hint: `Add the digest that \`docker buildx imagetools inspect ${base.text}\` prints: \`${base.text}@sha256:…\`.`,
        };
    }
  },
};

export const baseEndOfLife: DockerfileRule = {
  name: "base-end-of-life",
  severity: "warning",
  title: "The image that it builds on is not mended any more",
  why: "What its makers no longer look after gets no security fixes, and newer packages stop installing on it.",
  cure: "Build on a version that is looked after: Node.js 24, Python 3.13, Debian 13 (trixie), Ubuntu 24.04.",
  bad: "FROM python:3.9-slim@sha256:DIGEST\nUSER 1069",
  good: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069",
  *check(dockerfile, { now }) {
    for (const { base, from } of foreign(dockerfile))
      for (const { what, on } of endedParts(base, now))
        yield { line: from, message: `\`${base.text}\`: support of ${what} ended on ${on}` };
  },
};

export const baseMusl: DockerfileRule = {
  name: "base-musl",
  severity: "warning",
  title: "The image that it builds on is Alpine",
  why: "DuckDB's programs, and most wheels of pandas, polars and pyarrow, are made for glibc, which Alpine does not have: nais-etl does not start there, and pip compiles for half an hour.",
  cure: "Build on the slim form, which is Debian: `node:24-slim`, `python:3.13-slim`.",
  bad: "FROM node:24-alpine@sha256:DIGEST\nUSER 1069",
  good: "FROM node:24-slim@sha256:DIGEST\nUSER 1069",
  *check(dockerfile) {
    const [stage] = foreign({ ...dockerfile, stages: dockerfile.stages.slice(-1).map(bottomOf) });
    if (stage && /alpine/.test(`${stage.base.name}:${stage.base.tag ?? ""}`))
      yield { line: stage.from, message: `\`${stage.base.text}\` is Alpine, which has musl and not glibc` };
  },
};

export const platform: DockerfileRule = {
  name: "platform",
  severity: "error",
  title: "The image is for another kind of machine",
  why: "The clusters' machines are linux/amd64. An image for another kind is pulled, and its pod ends with `exec format error`.",
  cure: "Remove `--platform` here: `nais-etl build` and `docker build --platform linux/amd64` say it.",
  bad: "FROM --platform=linux/arm64 node:24-slim@sha256:DIGEST\nUSER 1069",
  good: "FROM node:24-slim@sha256:DIGEST\nUSER 1069",
  *check(dockerfile) {
    for (const stage of dockerfile.stages.slice(-1).map(bottomOf))
      if (stage.platform !== undefined && !stage.platform.includes("$") && stage.platform !== "linux/amd64")
        yield { line: stage.from, message: `\`--platform=${stage.platform}\`: the clusters are linux/amd64` };
  },
};
