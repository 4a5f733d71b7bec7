import { expect, test } from "vitest";
import { generateDockerfile } from "../../../src/ship/image/generate.ts";

const base = `ghcr.io/o/nais-etl:1.0.0@sha256:${"0a".repeat(32)}`;

test("a pipeline in SQL is the runtime image and a copy", () => {
  const dockerfile = generateDockerfile({ base, packages: [] });
  expect(dockerfile.split("\n").slice(1)).toEqual([`FROM ${base}`, "WORKDIR /pipeline", "COPY . .", ""]);
});

test("packages are a layer before the pipeline, and root is root only there", () => {
  const dockerfile = generateDockerfile({
    base,
    packages: [
      { kind: "npm", manifest: "package.json", lock: "package-lock.json" },
      { kind: "pip", lock: "requirements.txt" },
    ],
  });
  expect(dockerfile.split("\n").slice(3)).toEqual([
    "USER 0",
    "COPY package.json package-lock.json ./",
    "RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force",
    "COPY requirements.txt ./",
    "RUN python3 -m pip install --no-cache-dir --no-compile --requirement requirements.txt",
    "USER 1069",
    "COPY . .",
    "",
  ]);
});
