/** Manifests on disk: their names, and whether a committed one is still what the pipeline renders. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseAllDocuments } from "yaml";
import { baseTarget, localTarget } from "../../spec/target.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { isPlainObject } from "../../spec/value.ts";
import type { Problem } from "../../util/error.ts";
import { writeManifests, type ManifestText } from "../manifest/yaml.ts";
import { renderAlerts } from "./alerts.ts";
import { renderNaisjob } from "./naisjob.ts";

/** Where rendered manifests are committed, below the repository's folder. */
const manifestFolder = ".nais";

/** What `render` writes at the top; a file without it was written by hand. */
const firstLine = "Rendered by nais-etl from";

export interface ManifestFile {
  pipeline: LoadedPipeline;
  /** Which of the image's pipelines this is, where it holds several. */
  selected?: string | undefined;
  image?: string | undefined;
  revision?: string | undefined;
}

/** `apps-per-env.yaml`; `apps-per-env.dev-gcp.yaml` for a target. */
export function manifestName({ spec, target }: LoadedPipeline): string {
  return target === baseTarget ? `${spec.name}.yaml` : `${spec.name}.${target}.yaml`;
}

/** What a pipeline's manifest file holds: its job, and the alerts on it. */
export function renderManifests({ pipeline, selected, image, revision }: ManifestFile): ManifestText[] {
  const { manifest, comments, isTemplate } = renderNaisjob({ pipeline, image, revision, selected });
  const { "spec.image": imageComment, ...others } = comments;
  const job = { manifest, comments: isTemplate && imageComment ? comments : others };
  return [job, renderAlerts(pipeline, manifest)];
}

/** The same as text. */
export function manifestText(file: ManifestFile): string {
  const { target } = file.pipeline;
  const header = `${firstLine} pipeline.yaml${target === baseTarget ? "" : `, target ${target}`}. Change it there, and render again.`;
  return writeManifests(renderManifests(file), header);
}

/** An error where a committed copy is not what the pipeline renders now. A copy that names its image is compared with that image. */
export async function driftProblems({
  root,
  ...file
}: ManifestFile & { root: string; cwd: string }): Promise<Problem[]> {
  const path = join(root, manifestFolder, manifestName(file.pipeline));
  const committed = await readFile(path, "utf8").catch(() => undefined);
  if (committed === undefined || !committed.startsWith(`# ${firstLine}`)) return [];
  const fresh = manifestText({ ...file, ...namedIn(committed) });
  if (fresh === committed.replaceAll("\r\n", "\n")) return [];
  const shown = relative(file.cwd, path);
  const target = file.pipeline.target === baseTarget ? "" : ` --target ${file.pipeline.target}`;
  const message = `${shown} is not what ${file.pipeline.shownFile} renders any more`;
  const where = { file: shown, line: firstDifference(fresh, committed) };
  return [
    {
      severity: "error",
      rule: "manifest-drift",
      message,
      hint: `Run nais-etl render -o ${manifestFolder}${target}, and commit what it wrote.`,
      where,
    },
  ];
}

function namedIn(text: string): { image?: string; revision?: string } {
  const spec = (firstDocument(text) as { spec?: { image?: unknown; env?: unknown } } | undefined)?.spec;
  const env: unknown[] = Array.isArray(spec?.env) ? spec.env : [];
  const revision = env.filter(isPlainObject).find(({ name }) => name === "NAIS_ETL_REVISION")?.["value"];
  return {
    ...(typeof spec?.image === "string" && spec.image !== "{{image}}" && { image: spec.image }),
    ...(typeof revision === "string" && revision !== "{{revision}}" && { revision }),
  };
}

function firstDocument(text: string): unknown {
  const [first] = parseAllDocuments(text);
  return first && first.errors.length === 0 ? first.toJS() : undefined;
}

function firstDifference(fresh: string, committed: string): number {
  const [a, b] = [fresh.split("\n"), committed.split("\n")];
  return a.findIndex((line, i) => line !== b[i]) + 1 || a.length;
}

/** Targets for which manifests can be made: the file itself, and each that it names. */
export function shippedTargets({ targets }: LoadedPipeline): string[] {
  return [baseTarget, ...targets.filter((target) => target !== localTarget)];
}
