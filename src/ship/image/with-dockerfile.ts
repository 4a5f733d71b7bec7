/** A generated Dockerfile, for as long as a build takes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../util/context.ts";
import type { BuildPlan } from "./plan-build.ts";

/** It lies outside the folder, with its list of what is left out beside it, where builders look for it. */
export async function withDockerfile<T>(
  { own, generated }: BuildPlan,
  { tmpdir }: Context,
  act: (dockerfile: string) => Promise<T>,
): Promise<T> {
  if (own !== undefined) return act(own);
  const folder = await mkdtemp(join(tmpdir, "nais-etl-build-"));
  try {
    const dockerfile = join(folder, "Dockerfile");
    await writeFile(dockerfile, generated!.dockerfile);
    await writeFile(`${dockerfile}.dockerignore`, generated!.dockerignore);
    return await act(dockerfile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
