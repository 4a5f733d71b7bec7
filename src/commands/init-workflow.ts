/** The GitHub workflow that `init` writes: where it lies, and what it takes from the folder. */
import { basename, dirname, join, relative } from "node:path";
import { findPipelines, pipelineFile, foundAt } from "../spec/find.ts";
import { baseTarget, localTarget } from "../spec/target.ts";
import { isPinned, ownAction } from "../ship/workflow/pins.ts";
import { makeWorkflow } from "../ship/workflow/workflow.ts";
import { writeWorkflow } from "../ship/workflow/write-workflow.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { exists } from "../util/files.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { repositoryOf } from "./repository-of.ts";

export interface WorkflowOptions {
  /** Clusters to deploy to, one after the other; by default those under `targets:`, else prod-gcp. */
  environment?: string[] | undefined;
  /** Which release of the Action: `owner/nais-etl@commit`. */
  action?: string | undefined;
}

export interface WorkflowFor extends WorkflowOptions {
  /** The pipeline's folder, or that of several; absolute. */
  folder: string;
  /** Names of files that the folder will hold besides. */
  coming?: readonly string[];
}

export interface WorkflowFile {
  /** Absolute. */
  path: string;
  text: string;
}

const usualEnvironment = "prod-gcp";

const header = `Made by \`nais-etl init\`, and yours: change it as you like. docs/action.md says what the inputs mean.
Pull requests are tested. What reaches the default branch is tested, built and deployed.
Actions are named by commit, since a tag can be moved; Dependabot and Renovate know how to renew them.`;

/** @throws {EtlError} `usage`: environments or an Action that cannot be. */
export async function workflowFile(wanted: WorkflowFor, context: Context): Promise<WorkflowFile> {
  const { root, selected } = foundAt(join(wanted.folder, pipelineFile));
  const repository = await repositoryOf(root);
  const folder = relative(repository, root).replaceAll("\\", "/") || ".";
  const name = ["nais-etl", ...(folder === "." ? [] : folder.toLowerCase().split(/[^a-z0-9]+/))].join("-");
  const file = `.github/workflows/${name}.yaml`;
  const files = await findPipelines(root);
  const workflow = makeWorkflow({
    name,
    folder,
    file,
    pipelines: pipelinesOf(files, root, selected),
    environments: checkEnvironments(wanted.environment ?? (await environmentsOf(files, context))),
    packages: await packagesOf(root, wanted.coming ?? []),
    action: checkAction(wanted.action) ?? ownAction(),
  });
  return { path: join(repository, file), text: writeWorkflow(workflow, header) };
}

/** Several, where they lie in `pipelines/`. */
function pipelinesOf(files: readonly string[], root: string, selected: string | undefined): string[] {
  const below = files.map((file) => dirname(file)).filter((folder) => folder !== root);
  return [
    ...new Set([...below.map((folder) => basename(folder)), ...(selected === undefined ? [] : [selected])]),
  ].toSorted();
}

/** Those for development come first: what fails there does not reach the others. */
async function environmentsOf(files: readonly string[], context: Context): Promise<string[]> {
  const load = async (file: string) => (await loadPipeline({ file, target: baseTarget }, context)).targets;
  const targets = new Set((await Promise.all(files.map(load))).flat().filter((target) => target !== localTarget));
  const found = [...targets].toSorted((a, b) => Number(isDev(b)) - Number(isDev(a)) || (a < b ? -1 : 1));
  return found.some((target) => !isDev(target)) ? found : [...found, usualEnvironment];
}

function isDev(target: string): boolean {
  return target.startsWith("dev");
}

function checkEnvironments(environments: string[]): string[] {
  const wrong = environments.find((name) => !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name));
  if (wrong === undefined && new Set(environments).size === environments.length) return environments;
  throw new EtlError({
    code: "usage",
    message: wrong === undefined ? "an environment is named twice" : `\`${wrong}\` is no environment`,
    hint: "Name clusters, such as dev-gcp and prod-gcp, in the order in which they are deployed to.",
  });
}

function checkAction(action: string | undefined): string | undefined {
  if (action === undefined || isPinned(action)) return action;
  throw new EtlError({
    code: "usage",
    message: `\`${action}\` does not name an Action by its commit`,
    hint: "Write --action OWNER/nais-etl@ followed by the 40 digits of a commit: a tag can be moved.",
  });
}

async function packagesOf(root: string, coming: readonly string[]): Promise<{ npm: boolean; pip: boolean }> {
  const has = async (name: string) => coming.includes(name) || exists(join(root, name));
  return { npm: await has("package.json"), pip: await has("requirements.txt") };
}
