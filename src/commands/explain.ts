/** `nais-etl explain`: what the cluster will make of a pipeline, or of a manifest. */
import { stat } from "node:fs/promises";
import { basename, relative, resolve } from "node:path";
import { pipelineFile, foundAt, type FoundPipeline } from "../spec/find.ts";
import { baseTarget } from "../spec/target.ts";
import { explainNaisjob, type Explanation, type Row } from "../ship/manifest/explain.ts";
import { lintManifests } from "../ship/manifest/lint.ts";
import { fieldsAt, textAt } from "../ship/manifest/rule.ts";
import { renderNaisjob } from "../ship/render/naisjob.ts";
import { explainSecrets } from "../ship/render/secrets.ts";
import { scheduleReportOf } from "../ship/schedule.ts";
import type { Context } from "../util/context.ts";
import { EtlError, formatProblem, throwProblems } from "../util/error.ts";
import { choosePipelines } from "./pipelines.ts";
import { readText } from "./read-text.ts";
import { readVariables, type VariableOptions } from "./variables.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface ExplainOptions extends VariableOptions {
  /** Manifests, pipeline.yaml files, or folders that hold one; by default every pipeline here. */
  files?: string[] | undefined;
  dir?: string | undefined;
  pipeline?: string | undefined;
  target?: string | undefined;
  image?: string | undefined;
  json?: boolean | undefined;
}

interface Found {
  manifest: unknown;
  /** Of a pipeline: where its secrets come from. */
  secrets?: Row[];
}

type Explained = Explanation & Pick<Found, "secrets">;

/** @throws {EtlError} `invalid`, where a manifest is not one that the platform would take */
export async function explain(options: ExplainOptions, context: Context): Promise<void> {
  const manifests = await findManifests(options, context);
  const explanations = manifests.map(({ manifest, secrets }): Explained => {
    return { ...explanationOf(manifest, context.now()), ...(secrets && { secrets }) };
  });
  if (options.json) context.print(JSON.stringify({ jobs: explanations }, undefined, 2));
  else context.print(explanations.map(format).join("\n\n"));
}

async function findManifests(options: ExplainOptions, context: Context): Promise<Found[]> {
  const { files = [], dir, pipeline } = options;
  if (files.length === 0) return renderAll(await choosePipelines({ dir, pipeline }, context), options, context);
  const lists = await Promise.all(files.map((file) => manifestsAt(resolve(context.cwd, file), options, context)));
  return lists.flat();
}

async function manifestsAt(path: string, options: ExplainOptions, context: Context): Promise<Found[]> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) return renderAll(await choosePipelines({ dir: path }, context), options, context);
  if (basename(path) === pipelineFile) return renderAll([foundAt(path)], options, context);
  return jobsIn(path, options, context);
}

async function renderAll(
  found: FoundPipeline[],
  { target, image }: ExplainOptions,
  context: Context,
): Promise<Found[]> {
  return Promise.all(
    found.map(async ({ file }) => {
      const pipeline = await loadPipeline({ file, target: target ?? baseTarget }, context);
      const { manifest } = renderNaisjob({ pipeline, image });
      return { manifest, secrets: explainSecrets(pipeline.spec) };
    }),
  );
}

async function jobsIn(path: string, options: ExplainOptions, context: Context): Promise<Found[]> {
  const file = relative(context.cwd, path) || path;
  const text = await readText(path, file);
  const { problems, resources } = lintManifests({ text, file, variables: await readVariables(options, context) });
  throwProblems(problems);
  for (const problem of problems) context.log.warn(formatProblem(problem));
  const jobs = resources.filter(({ kind }) => kind === "Naisjob").map(({ value }) => ({ manifest: value }));
  if (jobs.length > 0) return jobs;
  throw new EtlError({ code: "usage", message: `${file} holds no Naisjob`, hint: "Only Naisjobs can be explained." });
}

function explanationOf(manifest: unknown, now: Date): Explanation {
  const spec = fieldsAt(manifest, "spec") ?? {};
  const namespace = textAt(manifest, "metadata", "namespace") ?? textAt(manifest, "metadata", "labels", "team") ?? "";
  return explainNaisjob({
    name: textAt(manifest, "metadata", "name") ?? "",
    namespace,
    spec,
    schedule: scheduleReportOf(spec, now),
  });
}

function format({
  name,
  namespace,
  runs,
  resources,
  pod,
  environment,
  files,
  secrets,
  egress,
  serviceAccount,
  defaults,
}: Explained): string {
  const account = [
    { name: "name", value: `${serviceAccount.name}@<the cluster's project>.iam.gserviceaccount.com` },
    {
      name: "for",
      value:
        "owners of data give it access: to a table roles/bigquery.dataViewer, to its dataset roles/bigquery.metadataViewer",
    },
    ...serviceAccount.roles.map((role) => ({ name: "has", value: role })),
  ];
  const sections: [string, string[]][] = [
    ["Runs", runs.map((line) => `  ${line}`)],
    ["Made by the platform", table(resources)],
    ["Pod", table(pod)],
    ["Environment", table(environment)],
    ["Files", table(files)],
    ["Secrets of the pipeline", table(secrets ?? [])],
    ["May reach", table(egress)],
    ["Service account", table(account)],
    ["Left to the platform", table(defaults)],
  ];
  const shown = sections.filter(([, lines]) => lines.length > 0).map(([title, lines]) => [title, ...lines].join("\n"));
  return [`Naisjob ${name} in ${namespace}`, ...shown].join("\n\n");
}

function table(rows: Row[]): string[] {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
}
