/** Reads pipeline.yaml: all problems at once, each with its place. */
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { EtlError, formatWhere, throwProblems, type Problem, type Where } from "../util/error.ts";
import { parseYaml, type Path, type SourceDocument } from "./document.ts";
import type { Pipeline } from "./pipeline.ts";
import { localTarget } from "./target.ts";
import { readTargets, validateTarget } from "./validate-target.ts";
import { decodeUtf8 } from "./utf8.ts";
import { isPlainObject } from "./value.ts";

export interface LoadedPipeline {
  /** Absolute path of pipeline.yaml. */
  file: string;
  /** The folder it stands in: models/, tests/ and data paths start here. */
  folder: string;
  /** `file` as the user would write it, for messages. */
  shownFile: string;
  target: string;
  /** The targets that the file has a part for. */
  targets: string[];
  /** The file merged with its target. References (`${…}`) still stand in it. */
  spec: Pipeline;
  /** What the file says, before the schemas; for hashing and for comparing. */
  raw: Record<string, unknown>;
  warnings: Problem[];
  where: (path: Path, key?: string) => Where;
  /** A path below the pipeline's folder, as the user would write it from where he stands. */
  show: (path: string) => string;
}

export interface LoadOptions {
  /** Absolute path of pipeline.yaml. */
  file: string;
  cwd: string;
  /** `local` by default. */
  target?: string;
}

/** @throws {EtlError} `invalid`, with every problem of the file and of each of its targets. */
export async function loadPipeline({ file, cwd, target = localTarget }: LoadOptions): Promise<LoadedPipeline> {
  const shownFile = relative(cwd, file) || file;
  const text = await readPipeline(file, shownFile);
  const document = parseYaml(text, shownFile);
  throwProblems(document.problems);
  return loadDocument({ document, file, cwd, target });
}

/** The same from a document that is parsed already. */
export function loadDocument({
  document,
  file,
  cwd,
  target,
}: {
  document: SourceDocument;
  file: string;
  cwd: string;
  target: string;
}): LoadedPipeline {
  const folder = dirname(file);
  const raw = document.value ?? {};
  if (!isPlainObject(raw)) {
    throw new EtlError({
      code: "invalid",
      message: `${document.file} is not a map of keys and values`,
      where: document.where([]),
      hint: "It begins with `name:`.",
    });
  }
  const { targets, problems: targetProblems } = readTargets(document, raw);
  const checked = new Set([localTarget, ...Object.keys(targets), target]);
  const results = new Map([...checked].map((name) => [name, validateTarget(document, raw, name)]));
  const problems = dedupe([...targetProblems, ...[...results.values()].flatMap((result) => result.problems)]);
  throwProblems(problems);
  const chosen = results.get(target)!;
  return {
    file,
    folder,
    shownFile: document.file,
    target,
    targets: Object.keys(targets),
    spec: chosen.spec!,
    raw: chosen.raw,
    warnings: problems.filter((problem) => problem.severity === "warning"),
    where: chosen.where,
    show: (path) => relative(cwd, join(folder, path)) || path,
  };
}

/**
 * The file and each of its targets are validated on their own, and so find the same problem more than once:
 * in the same place, or (a key that neither says) in the file and in the target's part of it. The file's comes first.
 */
function dedupe(problems: Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const place = problem.rule === "missing-key" || !problem.where ? "" : formatWhere(problem.where);
    const same = `${place} ${problem.message}`;
    if (!seen.has(same)) seen.set(same, problem);
  }
  return [...seen.values()].toSorted(
    (a, b) => (a.where?.line ?? 0) - (b.where?.line ?? 0) || (a.where?.column ?? 0) - (b.where?.column ?? 0),
  );
}

async function readPipeline(file: string, shown: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const missing = error.code === "ENOENT";
    throw new EtlError({
      code: missing ? "usage" : "invalid",
      message: missing ? `there is no ${shown}` : `${shown} cannot be read: ${error.code ?? error.message}`,
      hint: missing
        ? "Start one with `nais-etl init`, or say where it is with --dir."
        : "Check the file's permissions.",
      cause: error,
    });
  });
  return decodeUtf8(bytes, shown);
}
