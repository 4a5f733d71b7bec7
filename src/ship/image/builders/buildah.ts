/** Buildah, and Podman, which builds with it: no daemon, so they work where no one may start one. */
import { each, given, pairs, secretText, type Build, type Builder } from "./builder.ts";

function options(build: Build): string[] {
  return [
    ...["--file", build.dockerfile],
    ...each("--tag", build.names),
    ...["--platform", build.platform],
    ...each("--build-arg", pairs(build.arguments)),
    ...each("--secret", build.secrets.map(secretText)),
    ...each("--label", pairs(build.labels)),
    ...given("--target", build.target),
    ...each("--cache-from", build.cacheFrom),
    ...each("--cache-to", build.cacheTo),
    ...(build.pull ? ["--pull=always"] : []),
    // Each instruction is a layer of its own, as Docker makes them: what has not changed is neither built nor pushed again.
    "--layers",
  ];
}

function daemonless(program: "buildah" | "podman"): Builder {
  return {
    name: program,
    probe: [program, "--version"],
    build: (build) => [program, "build", ...options(build), build.context],
    push: (name, digestFile) => [program, "push", "--digestfile", digestFile, name, `docker://${name}`],
    login: (registry, user) => [program, "login", "--username", user, "--password-stdin", registry],
    logout: (registry) => [program, "logout", registry],
    list: (repository) => [program, "images", "--no-trunc", "--json", "--filter", `reference=${repository}`],
    writesDigest: true,
    env: {},
  };
}

export const buildah = daemonless("buildah");
export const podman = daemonless("podman");
