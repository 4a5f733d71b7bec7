/** What a build needs, known before anything is built: the Dockerfile, the names, and what is wrong. */
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import { exists } from "../../util/files.ts";
import { scanFolder } from "../credentials/scan-folder.ts";
import { lintDockerfile } from "./dockerfile/lint.ts";
import { generateDockerfile, type Generated } from "./generate.ts";
import { findPackages } from "./packages.ts";

export interface BuildPlan {
  /** Absolute path of a team's own; undefined where it is generated. */
  own: string | undefined;
  generated: Generated | undefined;
  problems: Problem[];
}

export interface PlanBuild {
  /** The folder that is built, absolute. */
  folder: string;
  /** As the command says; by default the Dockerfile in the folder, if there is one. */
  dockerfile: string | undefined;
  /** Of a generated one: the runtime image, with its digest. */
  base: () => Promise<string>;
  /** All that the image holds. */
  pipelines: readonly LoadedPipeline[];
  context: Context;
}

export async function planBuild(options: PlanBuild): Promise<BuildPlan> {
  const { folder, dockerfile, context } = options;
  const own = dockerfile === undefined ? resolve(folder, "Dockerfile") : resolve(context.cwd, dockerfile);
  const hasOwn = dockerfile !== undefined || (await exists(own));
  const plan = hasOwn ? await planOwn(own, context) : await planGenerated(options);
  const { signal } = context;
  const credentials = await scanFolder({ folder, show: shownFrom(folder, context), isWanted: () => true, signal });
  return { ...plan, problems: [...plan.problems, ...credentials] };
}

async function planOwn(own: string, { cwd, now }: Context): Promise<BuildPlan> {
  const file = relative(cwd, own) || own;
  const text = await readFile(own, "utf8").catch((cause: unknown) => {
    throw new EtlError({ code: "usage", message: `${file} cannot be read`, hint: "Check the path.", cause });
  });
  return { own, generated: undefined, problems: lintDockerfile({ text, file, profile: "nais", now: now() }) };
}

async function planGenerated({ folder, base, pipelines, context }: PlanBuild): Promise<BuildPlan> {
  const { packages, problems } = await findPackages({ folder, show: shownFrom(folder, context) });
  const leftOut = pipelines.flatMap((pipeline) =>
    neverRead(pipeline).map((path) => relative(folder, resolve(pipeline.folder, path))),
  );
  const generated = generateDockerfile({ base: await base(), packages, leftOut: [...new Set(leftOut)] });
  return { own: undefined, generated, problems };
}

/** Tests, and samples that no source on nais reads. */
function neverRead({ spec }: LoadedPipeline): string[] {
  const sources = Object.values(spec.sources ?? {});
  const read = new Set(sources.flatMap((source) => (source.type === "file" ? [source.path] : [])));
  const samples = sources.flatMap(({ sample }) => (sample === undefined || /[*?[{]/.test(sample) ? [] : [sample]));
  return ["tests", ...samples.filter((sample) => !read.has(sample))];
}

function shownFrom(folder: string, { cwd }: Context): (path: string) => string {
  return (path) => relative(cwd, resolve(folder, path)) || path;
}
