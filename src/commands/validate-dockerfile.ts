/** What `validate` asks of a Dockerfile that a team wrote itself. */
import { basename, dirname, relative } from "node:path";
import { findPipelines } from "../spec/find.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { baseTarget, localTarget } from "../spec/target.ts";
import type { Profile } from "../ship/image/dockerfile/rule.ts";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { readText } from "./read-text.ts";

export interface DockerfileReport {
  file: string;
  problems: Problem[];
}

/** `Dockerfile`, `Dockerfile.dev`, `jobs.Dockerfile` and Podman's `Containerfile`. */
export function isDockerfile(path: string): boolean {
  return /^(docker|container)file(\..+)?$|\.(docker|container)file$/i.test(basename(path));
}

interface ReportOnDockerfile {
  /** Absolute. */
  path: string;
  profile: Profile;
  /** Whether the pipelines beside it run in its image, as `build` takes it. */
  isBuilt?: boolean;
}

export async function reportOnDockerfile(
  { path, profile, isBuilt = false }: ReportOnDockerfile,
  context: Context,
): Promise<DockerfileReport> {
  const { cwd, now } = context;
  const file = relative(cwd, path) || path;
  const text = await readText(path, file);
  const { lintDockerfile } = await import("../ship/image/dockerfile/lint.ts");
  const { startsByItself } = await import("../ship/image/plan-build.ts");
  const pipelines = await pipelinesBeside(path, context);
  const written = await writtenAndTaken(path, pipelines);
  const isPipeline = isBuilt && pipelines.some(startsByItself);
  return { file, problems: lintDockerfile({ text, file, profile, now: now(), written, isPipeline }) };
}

/** As the base and as target `local` have them. */
async function pipelinesBeside(dockerfile: string, context: Context): Promise<LoadedPipeline[]> {
  const files = await findPipelines(dirname(dockerfile));
  const loads = files.flatMap((file) =>
    [baseTarget, localTarget].map((target) => loadPipeline({ file, target }, context)),
  );
  const loaded = await Promise.all(loads.map((load) => load.catch(ofInvalid)));
  return loaded.filter((one) => one !== undefined);
}

/** What local runs of the pipelines write, and other builders than ours would take along. */
async function writtenAndTaken(dockerfile: string, pipelines: readonly LoadedPipeline[]): Promise<string[]> {
  const folder = dirname(dockerfile);
  const { writtenLocally } = await import("../ship/image/written-locally.ts");
  const { readOwnList, takenAlong } = await import("../ship/image/left-out.ts");
  const written = writtenLocally(pipelines, folder);
  return takenAlong(written, await readOwnList({ folder, dockerfile }));
}

/** What is wrong with a pipeline is told where it is looked at. */
function ofInvalid(error: unknown): undefined {
  if (!(error instanceof EtlError)) throw error;
}
