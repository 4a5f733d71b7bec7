/** What `deploy` would do: everything that can be known, and be wrong, before anything is sent. */
import { durationPattern, durationSeconds } from "../spec/duration.ts";
import type { Intervals } from "../ship/deploy/nais/wait.ts";
import { assertClusterNames } from "../ship/cluster-name.ts";
import { originOf, type Origin } from "../ship/deploy/origin.ts";
import { imagesOf, labelOf, namespaceOf, teamOf, type Resource } from "../ship/deploy/resource.ts";
import { choosePlatform, type ChoosePlatform } from "../ship/follow/choose-platform.ts";
import { writeManifests } from "../ship/manifest/yaml.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { withEnvironment } from "./deploy-environment.ts";
import { manifestsFor, type ManifestOptions, type Manifests } from "./deploy-manifests.ts";
import type { FollowRuns } from "./deploy-runs.ts";

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

const ways = ["nais", "nais-api", "kubectl"] as const;
export type Way = (typeof ways)[number];
const waits = ["rollout", "run", "none"] as const;

export interface Plan {
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

/** @throws {EtlError} `usage`, or `invalid` with every problem of the manifests */
export async function planDeploy(given: DeployOptions, context: Context): Promise<Plan> {
  const options = withEnvironment(given, context);
  assertClusterNames({ "--team": options.team, "--namespace": options.namespace });
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

export function printPlan(
  { manifests, origin, target, team, way }: Plan,
  options: DeployOptions,
  context: Context,
): void {
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
