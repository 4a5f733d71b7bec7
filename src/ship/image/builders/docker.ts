/** Docker with BuildKit, by buildx where it is installed, else the client's own `build`. */
import { sharedOptions, type Build, type Builder } from "./builder.ts";

function options(build: Build): string[] {
  return [...sharedOptions(build), ...(build.pull ? ["--pull"] : []), "--progress", "plain"];
}

const shared = {
  push: (name: string) => ["docker", "push", name],
  login: (registry: string, user: string) => ["docker", "login", "--username", user, "--password-stdin", registry],
  logout: (registry: string) => ["docker", "logout", registry],
  save: (name: string, file: string) => ["docker", "save", "--output", file, name],
  writesDigest: false,
} satisfies Partial<Builder>;

export const dockerBuildx: Builder = {
  ...shared,
  name: "docker buildx",
  probe: ["docker", "buildx", "version"],
  // Without provenance the name is that of one image, as nais expects, and not of an index. We attest ourselves.
  build: (build) => ["docker", "buildx", "build", ...options(build), "--provenance=false", "--load", build.context],
  env: {},
};

export const docker: Builder = {
  ...shared,
  name: "docker",
  probe: ["docker", "version", "--format", "{{.Server.Version}}"],
  build: (build) => ["docker", "build", ...options(build), build.context],
  // Without it an old client uses the builder that knows no secrets.
  env: { DOCKER_BUILDKIT: "1" },
};
