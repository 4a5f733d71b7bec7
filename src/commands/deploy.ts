/** `nais-etl deploy`: manifests into a cluster, and what becomes of them. */
import { durationPattern, durationSeconds } from "../spec/duration.ts";
import { deployByKubectl } from "../ship/deploy/kubectl.ts";
import { applyToNais } from "../ship/deploy/nais/apply.ts";
import { deployToNais } from "../ship/deploy/nais/deploy.ts";
import type { Intervals } from "../ship/deploy/nais/wait.ts";
import { originOf, type Origin } from "../ship/deploy/origin.ts";
import type { DeployOutcome } from "../ship/deploy/outcome.ts";
import { imagesOf, labelOf, namespaceOf, teamOf, type Resource } from "../ship/deploy/resource.ts";
import { chooseKubectl, choosePlatform, type ChoosePlatform } from "../ship/follow/choose-platform.ts";
import type { RunOutcome } from "../ship/follow/follow-run.ts";
import { writeManifests } from "../ship/manifest/yaml.ts";
import { platformOf } from "../ship/platform.ts";
import type { Context } from "../util/context.ts";
import { count, EtlError, type Problem } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { withEnvironment } from "./deploy-environment.ts";
import { watchRuns, type FollowRuns, type RunsFollowed, type RunWatch } from "./deploy-runs.ts";
import { manifestsFor, type ManifestOptions, type Manifests } from "./deploy-manifests.ts";

export interface DeployOptions extends ManifestOptions {
  /** `nais`, the deploy service; `nais-api`, the HTTP API to come; or `kubectl`. */
  with?: string | undefined;
  /** By default what the first resource says. */
  team?: string | undefined;
  /** `none`, `run`, or `rollout` by default. */
  wait?: string | undefined;
  /** `10m`: for the cluster to act on it. */
  timeout?: string | undefined;
  /** `2h`: for a run that is followed. */
  runTimeout?: string | undefined;
  /** Of the deploy service; by default the organisation's. */
  server?: string | undefined;
  /** Nais Console, for `nais-api`; by default the organisation's. */
  console?: string | undefined;
  /** `owner/name`. */
  repository?: string | undefined;
  /** Page that tells of this deploy; by default the workflow's run. */
  triggerUrl?: string | undefined;
  /** Lets nais run an image that it most likely cannot fetch. */
  allowGhcr?: boolean | undefined;
  /** Of kubeconfig, for `kubectl`. */
  context?: string | undefined;
  namespace?: string | undefined;
  forceConflicts?: boolean | undefined;
  dryRun?: boolean | undefined;
  json?: boolean | undefined;
  /** Given by tests, so that they need not wait. */
  intervals?: Intervals | undefined;
  runIntervals?: FollowRuns["intervals"];
}

export interface DeployResult {
  passed: boolean;
  target: string;
  team: string;
  with: Way;
  repository?: string | undefined;
  revision?: string | undefined;
  image?: string | undefined;
  deployment: Pick<DeployOutcome, "id" | "code" | "state" | "message" | "statuses">;
  resources: DeployOutcome["resources"];
  /** Those that were followed. */
  runs: RunOutcome[];
  problems: Problem[];
}

const ways = ["nais", "nais-api", "kubectl"] as const;
type Way = (typeof ways)[number];
const waits = ["rollout", "run", "none"] as const;

/** @throws {EtlError} `invalid` for manifests that the platform would refuse, `deploy` where it failed */
export async function deploy(options: DeployOptions, context: Context): Promise<void> {
  if (options.dryRun) return printPlan(await planDeploy(options, context), options, context);
  const result = await carryOutDeploy(options, context);
  if (options.json) context.print(JSON.stringify(result, undefined, 2));
  else if (result.passed) context.print(sentenceOf(result));
  throwFailed(result);
}

/** As the command, but what became of it is returned, and printed by whoever asked. */
export async function carryOutDeploy(options: DeployOptions, context: Context): Promise<DeployResult> {
  const { result, follow } = await sendDeploy(options, context);
  if (!result.passed) return result;
  const { runs, problems } = await follow();
  const passed = problems.every(({ severity }) => severity === "warning");
  return { ...result, passed, runs, problems: [...result.problems, ...problems] };
}

export interface SentDeploy {
  /** Without the runs. */
  result: DeployResult;
  /** Runs that began with a deploy that passed, or are to be started, to their end. */
  follow: () => Promise<RunsFollowed>;
}

/** For who deploys and waits in two steps. @throws {EtlError} as {@link deploy} */
export async function sendDeploy(options: DeployOptions, context: Context): Promise<SentDeploy> {
  const plan = await planDeploy(options, context);
  for (const problem of plan.manifests.problems) context.log.problem(problem);
  const watch = await watchRuns({ ...plan.follow, resources: plan.manifests.resources }, context);
  const outcome = await send(plan, options, context);
  const { id, code, state, message, statuses, resources, problems } = outcome;
  for (const problem of problems) if (problem.severity === "warning") context.log.problem(problem);
  const { target, team, way, origin } = plan;
  const result = {
    passed: outcome.passed && problems.every(({ severity }) => severity === "warning"),
    target,
    team,
    with: way,
    repository: origin.repository,
    revision: origin.revision,
    image: options.image ?? imagesOf(plan.manifests.resources)[0],
    deployment: { ...(id !== undefined && { id }), code, state, message, statuses },
    resources,
    runs: [],
    problems,
  };
  return { result, follow: () => followRuns(watch, outcome, context) };
}

async function followRuns(watch: RunWatch, outcome: DeployOutcome, { log }: Context): Promise<RunsFollowed> {
  const followed = await watch.follow(unchangedOf(outcome));
  for (const problem of followed.problems) if (problem.severity === "warning") log.problem(problem);
  return followed;
}

function unchangedOf({ resources }: DeployOutcome): ReadonlySet<string> {
  return new Set(resources.flatMap(({ resource, state }) => (state === "unchanged" ? [resource] : [])));
}

interface Plan {
  manifests: Manifests;
  origin: Origin;
  target: string;
  team: string;
  way: Way;
  /** Milliseconds. */
  timeout: number;
  /** Which one kubectl is to ask. */
  cluster: ChoosePlatform;
  follow: Omit<FollowRuns, "resources">;
}

/** Everything that can be known, and be wrong, before anything is sent. */
async function planDeploy(given: DeployOptions, context: Context): Promise<Plan> {
  const options = withEnvironment(given, context);
  const way = oneOf("--with", options.with ?? "nais", ways);
  const wait = oneOf("--wait", options.wait ?? "rollout", waits);
  const timeout = timeoutOf("--timeout", options.timeout ?? "10m");
  const runTimeout = options.runTimeout === undefined ? undefined : timeoutOf("--run-timeout", options.runTimeout);
  const target = targetOf(options, way);
  const folder = context.cwd;
  const origin = await originOf(options, folder, context);
  const manifests = await manifestsFor({ ...options, revision: origin.revision }, context);
  const team = options.team ?? teamOf(manifests.resources);
  if (team === undefined) throw noTeam();
  if (way !== "kubectl" && !options.allowGhcr) refuseGhcr(manifests.resources, team);
  const namespace = options.namespace ?? namespaceOf(manifests.resources) ?? team;
  const cluster = { team: namespace, target, kubeContext: options.context };
  const open = () => choosePlatform({ ...cluster, with: way === "kubectl" ? "kubectl" : undefined }, context);
  const follow = { wait, open, timeout: runTimeout, intervals: options.runIntervals };
  return { manifests, origin, target, team, way, timeout, cluster, follow };
}

function oneOf<T extends string>(name: string, given: string, known: readonly T[]): T {
  if (known.includes(given as T)) return given as T;
  throw new EtlError({
    code: "usage",
    message: `${name}: \`${given}\` is not one of ${known.join(", ")}`,
    hint: didYouMean(given, known),
  });
}

function timeoutOf(name: string, text: string): number {
  if (durationPattern.test(text) && durationSeconds(text) > 0) return durationSeconds(text) * 1000;
  throw new EtlError({ code: "usage", message: `${name}: \`${text}\` is not a duration`, hint: "Write 90s or 10m." });
}

function targetOf({ target }: DeployOptions, way: Way): string {
  if (target !== undefined && target !== "local") return target;
  if (way === "kubectl") return "";
  throw new EtlError({
    code: "usage",
    message: target === undefined ? "which cluster to deploy to is not said" : "nothing is deployed to `local`",
    hint: "Name it: `--target dev-gcp` or `--target prod-gcp`.",
  });
}

function noTeam(): EtlError {
  return new EtlError({
    code: "usage",
    message: "which team deploys is not known: no resource has a label `team` or a namespace",
    hint: "Write `metadata: { labels: { team: … }, namespace: … }`, `team:` in pipeline.yaml, or give `--team`.",
  });
}

function refuseGhcr(resources: readonly Resource[], team: string): void {
  const image = imagesOf(resources).find((one) => one.startsWith("ghcr.io/"));
  if (image === undefined) return;
  throw new EtlError({
    code: "invalid",
    part: "deploy",
    message: `\`${image}\` is in GitHub's registry, and nais runs images only from the registry of team \`${team}\``,
    hint: "Push it there: `nais-etl build --registry gar --push`, or `registry: gar` in the Action. Where a cluster does take it, say so with `--allow-ghcr`.",
  });
}

async function send(plan: Plan, options: DeployOptions, context: Context): Promise<DeployOutcome> {
  const { manifests, origin, target, team, way, timeout, cluster, follow } = plan;
  const wait = follow.wait !== "none";
  const { resources } = manifests;
  const order = { resources, cluster: target, team, origin, timeout };
  if (way === "kubectl") {
    const kubectl = await chooseKubectl(cluster, context);
    return deployByKubectl({ ...order, kubectl, wait, forceConflicts: options.forceConflicts }, context);
  }
  const owner = origin.repository?.split("/")[0];
  if (way === "nais-api") return applyToNais({ ...order, console: await consoleOf(options, owner, context) }, context);
  const server = options.server ?? (await platformOf({ owner, needs: ["deployServer"] }, context)).deployServer;
  const apiKey = context.env["NAIS_DEPLOY_APIKEY"] || undefined;
  const mayBeUnchanged = !manifests.alwaysRoll;
  return deployToNais({ ...order, server, apiKey, wait, mayBeUnchanged, intervals: options.intervals }, context);
}

async function consoleOf({ console }: DeployOptions, owner: string | undefined, context: Context): Promise<string> {
  const given = console ?? context.env["NAIS_ETL_API"];
  if (given) return given;
  const { tenant } = await platformOf({ owner, needs: ["tenant"] }, context);
  return `https://console.${tenant}.cloud.nais.io`;
}

function printPlan({ manifests, origin, target, team, way }: Plan, options: DeployOptions, context: Context): void {
  const { resources } = manifests;
  for (const problem of manifests.problems) context.log.problem(problem);
  if (options.json) {
    context.print(JSON.stringify({ dryRun: true, target, team, with: way, origin, resources }, undefined, 2));
    return;
  }
  const where = [target, `team ${team}`].filter(Boolean).join(", ");
  const header = `Would be sent to ${where}, with ${way}: ${resources.map(labelOf).join(", ")}`;
  context.print(
    writeManifests(
      resources.map((manifest) => ({ manifest })),
      header,
    ).trimEnd(),
  );
}

function sentenceOf({ deployment, resources, target, team }: DeployResult): string {
  const what = resources.map(({ resource }) => resource).join(", ");
  const said: Record<string, string> = { unchanged: "unchanged", queued: "sent", applied: "applied" };
  return `${said[deployment.state] ?? "deployed"} ${what} in ${[target, `team ${team}`].filter(Boolean).join(", ")}`;
}

function throwFailed({ passed, problems, deployment }: DeployResult): void {
  if (passed) return;
  const errors = problems.filter(({ severity }) => severity === "error");
  throw new EtlError({
    code: "deploy",
    message: `the deploy failed: ${count(errors.length, "problem")} (${deployment.state}, code ${deployment.code} of the platform)`,
    problems: errors,
  });
}
