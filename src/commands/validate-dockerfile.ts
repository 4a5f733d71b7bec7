/** What `validate` asks of a Dockerfile that a team wrote itself. */
import { basename, relative } from "node:path";
import type { Profile } from "../ship/image/dockerfile/rule.ts";
import type { Context } from "../util/context.ts";
import type { Problem } from "../util/error.ts";
import { readText } from "./read-text.ts";

export interface DockerfileReport {
  file: string;
  problems: Problem[];
}

/** `Dockerfile`, `Dockerfile.dev`, `jobs.Dockerfile` and Podman's `Containerfile`. */
export function isDockerfile(path: string): boolean {
  return /^(docker|container)file(\..+)?$|\.(docker|container)file$/i.test(basename(path));
}

/** @param path absolute */
export async function reportOnDockerfile(
  { path, profile }: { path: string; profile: Profile },
  { cwd, now }: Context,
): Promise<DockerfileReport> {
  const file = relative(cwd, path) || path;
  const text = await readText(path, file);
  const { lintDockerfile } = await import("../ship/image/dockerfile/lint.ts");
  return { file, problems: lintDockerfile({ text, file, profile, now: now() }) };
}
