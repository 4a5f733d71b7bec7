/** The command line that takes a builder's login back, from a note of it that somebody else may have changed. */
import type { Builder } from "../ship/image/builders/builder.ts";
import { programEnvironment } from "../ship/image/program-environment.ts";
import { isHost } from "../ship/image/reference.ts";
import { leastEnvironment } from "../util/child.ts";
import type { Context } from "../util/context.ts";

export interface NotedLogin {
  builder: Builder["name"];
  registry: string;
}

const programs: Record<Builder["name"], string> = {
  "docker buildx": "docker",
  docker: "docker",
  buildah: "buildah",
  podman: "podman",
};

/** Undefined where the note is none of a login: of no builder that there is, or of no registry. */
export function logoutArgv({ builder, registry }: Record<string, unknown>): string[] | undefined {
  const known = Object.entries(programs).find(([name]) => name === builder);
  if (!known || typeof registry !== "string" || !isHost(registry)) return undefined;
  return [known[1], "logout", registry];
}

/** As the login had it, so that the builder finds what it noted. */
export function logoutEnvironment(env: Context["env"]): Record<string, string> {
  return { ...leastEnvironment(env), ...programEnvironment(env) };
}
