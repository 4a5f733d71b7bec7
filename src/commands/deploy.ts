/** `nais-etl deploy`: manifests into a cluster, and what becomes of them. */
import type { DeployOutcome } from "../ship/deploy/outcome.ts";
import { imagesOf } from "../ship/deploy/resource.ts";
import type { RunOutcome } from "../ship/follow/run-outcome.ts";
import type { Context } from "../util/context.ts";
import { count, EtlError, type Problem } from "../util/error.ts";
import { linksOf, type DeployLinks } from "./deploy-links.ts";
import { planDeploy, printPlan, type DeployOptions, type Plan, type Way } from "./deploy-plan.ts";
import { askUnchanged, watchRuns, type RunsFollowed } from "./deploy-runs.ts";
import { sendPlan } from "./deploy-send.ts";

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
  links: DeployLinks;
  problems: Problem[];
}

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
  tellWarnings(plan.manifests.problems, context);
  const watch = await watchRuns({ ...plan.follow, resources: plan.manifests.resources }, context);
  const { outcome, tenant } = await sendPlan(plan, options, context);
  const unchanged = unchangedOf(outcome);
  const problems = [...outcome.problems, ...(await askUnchanged({ unchanged, open: plan.follow.open }, context))];
  tellWarnings(problems, context);
  const result = resultOf({ plan, outcome, problems, tenant, image: options.image });
  return {
    result,
    async follow() {
      const followed = await watch.follow(unchanged);
      tellWarnings(followed.problems, context);
      return followed;
    },
  };
}

function tellWarnings(problems: readonly Problem[], { log }: Context): void {
  for (const problem of problems) if (problem.severity === "warning") log.problem(problem);
}

interface ResultOf {
  plan: Plan;
  outcome: DeployOutcome;
  problems: Problem[];
  tenant: string | undefined;
  image: string | undefined;
}

function resultOf({ plan, outcome, problems, tenant, image }: ResultOf): DeployResult {
  const { target, team, way, origin, manifests } = plan;
  const { id, code, state, message, statuses, resources } = outcome;
  return {
    passed: outcome.passed && problems.every(({ severity }) => severity === "warning"),
    target,
    team,
    with: way,
    repository: origin.repository,
    revision: origin.revision,
    image: image ?? imagesOf(manifests.resources)[0],
    deployment: { ...(id !== undefined && { id }), code, state, message, statuses },
    resources,
    runs: [],
    links: linksOf({ resources: manifests.resources, cluster: target, team, tenant, workflow: origin.url }),
    problems,
  };
}

function unchangedOf({ resources }: DeployOutcome): ReadonlySet<string> {
  return new Set(resources.flatMap(({ resource, state }) => (state === "unchanged" ? [resource] : [])));
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
