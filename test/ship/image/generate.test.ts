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
      { kind: "pip", lock: "requirements.txt", isInImage: false },
    ],
  });
  expect(dockerfile.split("\n").slice(3)).toEqual([
    "USER 0",
    "COPY package.json package-lock.json ./",
    "RUN --mount=type=cache,target=/tmp/npm npm ci --omit=dev --ignore-scripts --no-audit --no-fund --cache /tmp/npm",
    "COPY requirements.txt ./",
    "RUN --mount=type=cache,target=/tmp/pip python3 -m pip install --cache-dir /tmp/pip --requirement requirements.txt",
    "USER 1069",
    "COPY . .",
    "",
  ]);
});

test("packages that the runtime image has are not fetched", () => {
  const dockerfile = generateDockerfile({
    base,
    packages: [{ kind: "pip", lock: "requirements.txt", isInImage: true }],
  });
  expect(dockerfile).toContain("pip install --no-index --requirement requirements.txt\n");
});
