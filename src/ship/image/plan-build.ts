/** What a build needs, known before anything is built: the Dockerfile, the names, and what is wrong. */
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import { exists } from "../../util/files.ts";
import { scanFolder } from "../credentials/scan-folder.ts";
import { lintDockerfile } from "./dockerfile/lint.ts";
import { generateDockerfile } from "./generate.ts";
import { leftOutOfGenerated, leftOutOfOwn, matchLeftOut, readOwnList, takenAlong, type LeftOut } from "./left-out.ts";
import { findPackages } from "./packages.ts";
import { runProgram } from "./run-program.ts";
import { writtenLocally } from "./written-locally.ts";

export interface BuildPlan {
  /** Its text: the team's own, or generated. */
  dockerfile: string;
  isGenerated: boolean;
  /** Lines of a .dockerignore. */
  leftOut: readonly string[];
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
  /** The same, as target `local` has them. */
  local: readonly LoadedPipeline[];
  context: Context;
}

export async function planBuild(options: PlanBuild): Promise<BuildPlan> {
  const { folder, dockerfile, pipelines, local, context } = options;
  const own = dockerfile === undefined ? resolve(folder, "Dockerfile") : resolve(context.cwd, dockerfile);
  const hasOwn = dockerfile !== undefined || (await exists(own));
  const written = writtenLocally([...pipelines, ...local], folder);
  const lists: LeftOut = { written, own: await readOwnList({ folder, dockerfile: own }) };
  const plan = hasOwn
    ? await planOwn({ own, lists, isPipeline: pipelines.some(startsByItself), context })
    : await planGenerated(options, lists);
  const show = shownFrom(folder, context);
  const isWanted = await mayLeak({ folder, leftOut: plan.leftOut, context });
  const credentials = await scanFolder({ folder, show, isWanted, signal: context.signal });
  return { ...plan, problems: [...plan.problems, ...credentials] };
}

interface MayLeak {
  folder: string;
  leftOut: readonly string[];
  context: Context;
}

/** What the image will hold, and what the repository holds already. */
async function mayLeak({ folder, leftOut, context }: MayLeak): Promise<(path: string) => boolean> {
  const isLeftOut = matchLeftOut(leftOut);
  const committed = await committedFiles(folder, context);
  return (path) => !isLeftOut(path) || committed.has(path);
}

/** Paths below the folder; none where it is in no repository, or there is no git. */
async function committedFiles(folder: string, context: Context): Promise<Set<string>> {
  const argv = ["git", "-c", "core.quotePath=false", "ls-files"];
  try {
    return new Set(
      (await runProgram({ argv, cwd: folder, what: "asking for what is committed" }, context)).split("\n"),
    );
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof EtlError) return new Set();
    throw error;
  }
}

/** Its Naisjob starts what the image starts. */
export function startsByItself({ spec }: LoadedPipeline): boolean {
  return spec.nais?.["command"] === undefined;
}

interface PlanOwn {
  own: string;
  lists: LeftOut;
  isPipeline: boolean;
  context: Context;
}

async function planOwn({ own, lists, isPipeline, context: { cwd, now } }: PlanOwn): Promise<BuildPlan> {
  const file = relative(cwd, own) || own;
  const text = await readFile(own, "utf8").catch((cause: unknown) => {
    throw new EtlError({ code: "usage", message: `${file} cannot be read`, hint: "Check the path.", cause });
  });
  const leftOut = leftOutOfOwn(lists);
  const written = takenAlong(lists.written, leftOut);
  const problems = lintDockerfile({ text, file, profile: "nais", now: now(), written, isPipeline });
  return { dockerfile: text, isGenerated: false, leftOut, problems };
}

async function planGenerated({ folder, base, pipelines, context }: PlanBuild, lists: LeftOut): Promise<BuildPlan> {
  const { packages, problems } = await findPackages({ folder, show: shownFrom(folder, context) });
  const unread = pipelines.flatMap((pipeline) =>
    neverRead(pipeline).map((path) => relative(folder, resolve(pipeline.folder, path))),
  );
  const leftOut = leftOutOfGenerated([...new Set(unread)], lists);
  const missing = missingPipelines({ folder, pipelines, leftOut });
  const dockerfile = generateDockerfile({ base: await base(), packages });
  return { dockerfile, isGenerated: true, leftOut, problems: [...problems, ...missing] };
}

/** A list that somebody wrote for another image may leave all of it out. */
function missingPipelines({
  folder,
  pipelines,
  leftOut,
}: Pick<PlanBuild, "folder" | "pipelines"> & { leftOut: readonly string[] }): Problem[] {
  const isLeftOut = matchLeftOut(leftOut);
  const missing = pipelines.filter(({ file }) => isLeftOut(relative(folder, file).replaceAll("\\", "/")));
  return missing.map(({ shownFile }) => ({
    severity: "error",
    message: `${shownFile} is left out of the image, by a line of .dockerignore`,
    hint: "Bring it and the models back, with lines that begin with `!`, or take that line out.",
    where: { file: shownFile },
  }));
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
