/** What `deploy` sends: the manifests of pipelines, or files that a team wrote itself. */
import { resolve } from "node:path";
import { baseTarget } from "../spec/target.ts";
import { isPlainObject } from "../spec/value.ts";
import type { Resource } from "../ship/deploy/resource.ts";
import { lintManifests } from "../ship/manifest/lint.ts";
import { fieldsAt, itemsAt, textAt } from "../ship/manifest/rule.ts";
import { renderedMark, renderPipeline } from "../ship/render/files.ts";
import type { Context } from "../util/context.ts";
import { EtlError, throwProblems, type Problem } from "../util/error.ts";
import { deploymentVariable } from "../ship/render/naisjob.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { choosePipelines } from "./pipelines.ts";
import { readText } from "./read-text.ts";
import { readVariables, type VariableOptions } from "./variables.ts";

export interface ManifestOptions extends VariableOptions {
  dir?: string | undefined;
  pipeline?: string | undefined;
  /** The cluster; where `targets:` has a part for it, that is merged. */
  target?: string | undefined;
  /** Files of manifests; by default the manifests of the pipelines here. */
  resource?: string[] | undefined;
  /** As the build gave it, with its digest. */
  image?: string | undefined;
  /** The commit that is deployed. */
  revision?: string | undefined;
}

export interface Manifests {
  resources: Resource[];
  /** Warnings: errors are thrown. */
  problems: Problem[];
  /** Whether something in them changes with each deploy, so that the platform always acts on them. */
  alwaysRoll: boolean;
  /** Where they were found. */
  folder: string;
}

/** @throws {EtlError} `invalid`, with every problem of them all */
export async function manifestsFor(options: ManifestOptions, context: Context): Promise<Manifests> {
  const files = options.resource?.length ? options.resource : [];
  return files.length > 0 ? ownManifests(files, options, context) : renderedManifests(options, context);
}

async function renderedManifests(options: ManifestOptions, context: Context): Promise<Manifests> {
  const { image, revision, target = baseTarget } = options;
  if (image === undefined) throw noImage();
  const found = await choosePipelines(options, context);
  const deployment = deploymentOf(context);
  const rendered = await Promise.all(
    found.map(async ({ file }) => {
      const pipeline = await loadPipeline({ file, target }, context);
      const { manifests, files } = renderPipeline({ pipeline, image, revision, deployment });
      const { problems } = lintManifests({ text: files[0]!.text, file: files[0]!.name });
      return { resources: manifests.map(({ manifest }) => manifest as Resource), problems };
    }),
  );
  const problems = rendered.flatMap((one) => one.problems).map(withoutPlace);
  throwProblems(problems, "what the pipeline renders to is not valid");
  const resources = rendered.flatMap((one) => one.resources);
  refuseSeveralTeams(resources);
  return { resources, problems, alwaysRoll: true, folder: found[0]!.root };
}

/** One deploy is one team's. */
function refuseSeveralTeams(resources: readonly Resource[]): void {
  const teams = [...new Set(resources.flatMap((resource) => textAt(resource, "metadata", "namespace") ?? []))];
  if (teams.length < 2) return;
  throw new EtlError({
    code: "usage",
    message: `the pipelines here belong to several teams: ${teams.join(", ")}`,
    hint: "Deploy them one by one, each with `--pipeline NAME`.",
  });
}

function noImage(): EtlError {
  return new EtlError({
    code: "usage",
    message: "which image is to be deployed is not said",
    hint: "Give it as `--image`, with the digest that `nais-etl build --push` printed.",
  });
}

/** A run of a workflow and its attempt; elsewhere the second. */
function deploymentOf({ env, now }: Context): string {
  const { GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt = "1" } = env;
  return run
    ? `${run}-${attempt}`
    : now()
        .toISOString()
        .replaceAll(/[-:]|\.\d+/g, "");
}

/** It is rendered just now: there is no file to look into. */
function withoutPlace(problem: Problem): Problem {
  const { where: _where, ...rest } = problem;
  return rest;
}

async function ownManifests(files: string[], options: ManifestOptions, context: Context): Promise<Manifests> {
  const variables = await readVariables(options, context);
  const read = await Promise.all(
    files.map(async (file) => {
      const path = resolve(context.cwd, options.dir ?? ".", file);
      const text = await readText(path, file);
      const isRendered = text.includes(renderedMark);
      const { problems, resources } = lintManifests({ text, file, variables: withGiven(variables, text, options) });
      const values = resources.map(({ value }) => value).filter(isPlainObject);
      return { problems, isRendered, values: isRendered ? values.map((value) => rolling(value, context)) : values };
    }),
  );
  const problems = read.flatMap((one) => one.problems);
  throwProblems(problems);
  const resources = read.flatMap(({ values }) => values);
  if (resources.length === 0) throw nothingIn(files);
  return {
    resources: [...companionImage(resources, options.image), ...resources],
    problems,
    alwaysRoll: read.every(({ isRendered }) => isRendered),
    folder: context.cwd,
  };
}

/** `--image` and `--revision` are the variables that templates call so. */
function withGiven(
  variables: Record<string, unknown>,
  text: string,
  { image, revision }: ManifestOptions,
): Record<string, unknown> {
  const given = Object.entries({ image, revision }).filter(([name, value]) => value !== undefined && asks(text, name));
  return { ...Object.fromEntries(given), ...variables };
}

function asks(text: string, name: string): boolean {
  return new RegExp(String.raw`(?<!\\)\{\{\{?~?\s*${name}\s*~?\}?\}\}`).test(text);
}

/** What nais-etl rendered earlier is rendered anew, so to say: a file of the team's own stays as it is. */
function rolling(resource: Resource, context: Context): Resource {
  if (textAt(resource, "kind") !== "Naisjob") return resource;
  const spec = fieldsAt(resource, "spec") ?? {};
  const others = itemsAt(spec, "env").flatMap(({ item }) => (item["name"] === deploymentVariable ? [] : [item]));
  const env = [...others, { name: deploymentVariable, value: deploymentOf(context) }];
  return { ...resource, spec: { ...spec, env } };
}

/** As the platform's client with WORKLOAD_IMAGE: a resource beside a workload that names no image. */
function companionImage(resources: readonly Resource[], image: string | undefined): Resource[] {
  if (image === undefined) return [];
  const workloads = resources.filter((resource) => ["Naisjob", "Application"].includes(textAt(resource, "kind") ?? ""));
  const without = workloads.filter((workload) => fieldsAt(workload, "spec")?.["image"] === undefined);
  return without.map((workload) => ({
    apiVersion: "nais.io/v1",
    kind: "Image",
    metadata: { name: textAt(workload, "metadata", "name"), namespace: textAt(workload, "metadata", "namespace") },
    spec: { image },
  }));
}

function nothingIn(files: string[]): EtlError {
  const message = `there is no resource in ${files.join(", ")}`;
  return new EtlError({ code: "usage", message, hint: "A manifest has `apiVersion:`, `kind:` and `metadata:`." });
}
