/** The Dockerfile and the list of what is left out, for as long as a build takes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../util/context.ts";
import type { BuildPlan } from "./plan-build.ts";

export interface BuildFiles {
  dockerfile: string;
  ignoreFile: string;
}

/**
 * Both lie outside the folder, a team's own Dockerfile too: Docker takes a list other than the folder's only where it lies
 * beside the Dockerfile; buildah and podman take it by its name alone.
 */
export async function withBuildFiles<T>(
  { dockerfile: text, leftOut }: BuildPlan,
  { tmpdir }: Context,
  act: (files: BuildFiles) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir, "nais-etl-build-"));
  const dockerfile = join(folder, "Dockerfile");
  const ignoreFile = `${dockerfile}.dockerignore`;
  try {
    await writeFile(dockerfile, text);
    await writeFile(ignoreFile, `${leftOut.join("\n")}\n`);
    return await act({ dockerfile, ignoreFile });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
