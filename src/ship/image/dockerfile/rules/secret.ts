import { looksLikeSecretFile, looksLikeSecretName } from "../../secret-names.ts";
import type { DockerfileRule } from "../rule.ts";

export const secretCopied: DockerfileRule = {
  name: "secret-copied",
  severity: "error",
  title: "A secret is copied into the image",
  why: "Everyone who can fetch the image can read it, in every layer, deleted files too. And it has to be built again when the secret changes.",
  cure: "Take it out, and let the pod get it: `secrets:` in pipeline.yaml. What the build itself needs: `RUN --mount=type=secret,id=NAME`.",
  bad: "FROM python:3.13-slim@sha256:DIGEST\nCOPY service-account.json /app/\nUSER 1069",
  good: "FROM python:3.13-slim@sha256:DIGEST\nCOPY main.py /app/\nUSER 1069",
  *check({ stages }) {
    for (const line of stages.flatMap(({ lines }) => lines)) {
      if ((line.keyword !== "COPY" && line.keyword !== "ADD") || line.flags.has("from")) continue;
      for (const word of line.words.slice(0, -1).filter(looksLikeSecretFile))
        yield { line, word, message: `\`${word}\` looks like a secret, and everyone who has the image has it` };
    }
  },
};

export const secretInImage: DockerfileRule = {
  name: "secret-in-image",
  severity: "error",
  title: "A secret is written into the image",
  why: "Values of ENV, and of ARG too, stand in the image's history: `docker history` shows them to everyone who can fetch it.",
  cure: "For a run: `secrets:` in pipeline.yaml. For the build: `RUN --mount=type=secret,id=NAME`, with `--secret` of `nais-etl build`.",
  bad: "FROM python:3.13-slim@sha256:DIGEST\nARG NPM_TOKEN\nUSER 1069",
  good: "FROM python:3.13-slim@sha256:DIGEST\nRUN --mount=type=secret,id=NPM_TOKEN cat /run/secrets/NPM_TOKEN | wc -c\nUSER 1069",
  *check({ stages }) {
    for (const line of stages.flatMap(({ lines }) => lines)) {
      if (line.keyword !== "ENV" && line.keyword !== "ARG") continue;
      // An empty value holds no secret: it says that the variable is there.
      const secret = line.settings.filter(({ name, value }) => looksLikeSecretName(name) && value !== "");
      for (const { name } of secret)
        yield { line, word: name, message: `\`${line.keyword} ${name}\`: its value stands in the image's history` };
    }
  },
};
