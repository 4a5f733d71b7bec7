import { describe, expect, test } from "vitest";
import { buildah, podman } from "../../../src/ship/image/builders/buildah.ts";
import type { Build } from "../../../src/ship/image/builders/builder.ts";
import { docker, dockerBuildx } from "../../../src/ship/image/builders/docker.ts";

const least: Build = {
  dockerfile: "/w/Dockerfile",
  ignoreFile: "/w/Dockerfile.dockerignore",
  context: "/w",
  names: ["ghcr.io/o/n:1"],
  platform: "linux/amd64",
  arguments: {},
  secrets: [],
  labels: {},
  target: undefined,
  cacheFrom: [],
  cacheTo: [],
  pull: false,
};
const all: Build = {
  ...least,
  names: ["ghcr.io/o/n:1", "ghcr.io/o/n:2"],
  arguments: { A: "1 2", B: "$(rm -rf /)" },
  secrets: [
    { id: "token", from: { env: "TOKEN" } },
    { id: "npmrc", from: { file: "/home/me/.npmrc" } },
  ],
  labels: { "org.opencontainers.image.revision": "1a2b3c4" },
  target: "last",
  cacheFrom: ["type=gha"],
  cacheTo: ["type=gha,mode=max"],
  pull: true,
};
const shared = [
  "--file",
  "/w/Dockerfile",
  "--tag",
  "ghcr.io/o/n:1",
  "--tag",
  "ghcr.io/o/n:2",
  "--platform",
  "linux/amd64",
  "--build-arg",
  "A=1 2",
  "--build-arg",
  "B=$(rm -rf /)",
  "--secret",
  "id=token,env=TOKEN",
  "--secret",
  "id=npmrc,src=/home/me/.npmrc",
  "--label",
  "org.opencontainers.image.revision=1a2b3c4",
  "--target",
  "last",
  "--cache-from",
  "type=gha",
  "--cache-to",
  "type=gha,mode=max",
];
const few = ["--file", "/w/Dockerfile", "--tag", "ghcr.io/o/n:1", "--platform", "linux/amd64"];

describe("each builder's command line, whole", () => {
  test("docker buildx", () => {
    const end = ["--progress", "plain", "--provenance=false", "--load", "/w"];
    expect(dockerBuildx.build(all)).toEqual(["docker", "buildx", "build", ...shared, "--pull", ...end]);
    expect(dockerBuildx.build(least)).toEqual(["docker", "buildx", "build", ...few, ...end]);
  });

  test("docker, with BuildKit switched on", () => {
    expect(docker.build(all)).toEqual(["docker", "build", ...shared, "--pull", "--progress", "plain", "/w"]);
    expect(docker.env).toEqual({ DOCKER_BUILDKIT: "1", BUILDX_NO_DEFAULT_ATTESTATIONS: "1", BUILDX_BUILDER: "" });
    expect(docker.push("ghcr.io/o/n:1", "/t/digest")).toEqual(["docker", "push", "ghcr.io/o/n:1"]);
  });

  test.each([buildah, podman])("$name", (builder) => {
    const { name } = builder;
    const ignore = ["--ignorefile", "/w/Dockerfile.dockerignore"];
    expect(builder.build(all)).toEqual([name, "build", ...shared, ...ignore, "--pull=always", "--layers", "/w"]);
    expect(builder.build(least)).toEqual([name, "build", ...few, ...ignore, "--layers", "/w"]);
    expect(builder.push("ghcr.io/o/n:1", "/t/digest")).toEqual([
      name,
      "push",
      "--digestfile",
      "/t/digest",
      "ghcr.io/o/n:1",
      "docker://ghcr.io/o/n:1",
    ]);
  });

  test("docker says the digest of what it has pushed in its last line", () => {
    const digest = `sha256:${"0a".repeat(32)}`;
    expect(docker.readDigest!(`1a2b3c: Layer already exists\n1.0.0: digest: ${digest} size: 1151\n`)).toBe(digest);
    expect(docker.readDigest!("1a2b3c: Pushed")).toBeUndefined();
  });

  test("hands an image out as an archive, each in its own way", () => {
    const [name, file] = ["ghcr.io/o/n:1", "/t/image.tar"];
    expect(docker.save(name, file)).toEqual(["docker", "save", "--output", file, name]);
    expect(dockerBuildx.save(name, file)).toEqual(["docker", "save", "--output", file, name]);
    expect(buildah.save(name, file)).toEqual(["buildah", "push", name, `docker-archive:${file}`]);
    const format = ["--format", "docker-archive"];
    expect(podman.save(name, file)).toEqual(["podman", "save", ...format, "--output", file, name]);
  });

  test.each([docker, dockerBuildx, buildah, podman])("$name takes a password from standard input alone", (builder) => {
    const [program] = builder.probes[0]!;
    expect(builder.login("ghcr.io", "me")).toEqual([
      program,
      "login",
      "--username",
      "me",
      "--password-stdin",
      "ghcr.io",
    ]);
    expect(builder.logout("ghcr.io")).toEqual([program, "logout", "ghcr.io"]);
  });
});
