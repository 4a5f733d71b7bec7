/** Docker with BuildKit, by buildx where it is installed, else the client's own `build`. */
import { bytesOf, sharedOptions, shortId, timeOf, type Build, type Builder, type LocalImage } from "./builder.ts";

function options(build: Build): string[] {
  return [...sharedOptions(build), ...(build.pull ? ["--pull"] : []), "--progress", "plain"];
}

/** A client alone, whose daemon is stopped, builds nothing. */
const daemon = ["docker", "version", "--format", "{{.Server.Version}}"];

const shared = {
  push: (name: string) => ["docker", "push", name],
  login: (registry: string, user: string) => ["docker", "login", "--username", user, "--password-stdin", registry],
  logout: (registry: string) => ["docker", "logout", registry],
  save: (name: string, file: string) => ["docker", "save", "--output", file, name],
  list: ["docker", "image", "ls", "--no-trunc", "--format", "{{json .}}"],
  readList,
  // The last line of a push: `1.0.0: digest: sha256:… size: 855`.
  readDigest: (output) => /\bdigest: (sha256:[0-9a-f]{64})\b/.exec(output)?.[1],
} satisfies Partial<Builder>;

interface DockerImage {
  Repository: string;
  Tag: string;
  ID: string;
  /** `2026-11-21 23:28:57 +0000 UTC`, the last word of the machine's own zone. */
  CreatedAt: string;
  Size: string;
}

/** A line for each name; what has lost its name is called `<none>`. */
function readList(text: string): LocalImage[] {
  const images = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line) as DockerImage]));
  return images.flatMap(({ Repository, Tag, ID, CreatedAt, Size }) => {
    if ([Repository, Tag].includes("<none>")) return [];
    const [, date = "", time = "", zone = ""] = /^(\S+) (\S+) ([+-]\d{4})/.exec(CreatedAt) ?? [];
    const created = timeOf(`${date}T${time}${zone.replace(/(\d\d)$/, ":$1")}`);
    return [{ name: `${Repository}:${Tag}`, id: shortId(ID), created, bytes: bytesOf(Size) }];
  });
}

export const dockerBuildx: Builder = {
  ...shared,
  name: "docker buildx",
  probes: [daemon, ["docker", "buildx", "version"]],
  // Without provenance the name is that of one image, as nais expects, and not of an index. We attest ourselves.
  build: (build) => ["docker", "buildx", "build", ...options(build), "--provenance=false", "--load", build.context],
  env: {},
};

export const docker: Builder = {
  ...shared,
  name: "docker",
  // A client without the part that it would build with says so only when it is asked to.
  probes: [daemon, ["docker", "build", "--help"]],
  build: (build) => ["docker", "build", ...options(build), build.context],
  // Without the first, an old client uses the builder that knows no secrets; with the second, a new one names an image, and no index;
  // and with the last it takes the daemon's own builder: another one keeps to itself what it has built.
  env: { DOCKER_BUILDKIT: "1", BUILDX_NO_DEFAULT_ATTESTATIONS: "1", BUILDX_BUILDER: "" },
};
