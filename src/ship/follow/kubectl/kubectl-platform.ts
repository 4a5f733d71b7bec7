/** Jobs by kubectl: on a laptop, and in clusters without nais. */
import type { Context } from "../../../util/context.ts";
import { fieldsAt, itemsAt, textAt, type Fields } from "../../manifest/rule.ts";
import { NoJob, type JobPlatform, type JobState, type RunState, type StartedRun, type Trigger } from "../platform.ts";
import { assertRunName } from "../run-name.ts";
import { readPods } from "./pod-log.ts";
import { mayPass, type Kubectl } from "../../kubectl.ts";
import { runStateOf } from "./run-state.ts";
import { eventTroubles } from "./trouble.ts";

export interface KubectlPlatformOptions {
  kubectl: Kubectl;
  /** Given by tests, so that they need not wait. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export function kubectlPlatform({ kubectl, pause }: KubectlPlatformOptions, context: Context): JobPlatform {
  const runState = (run: StartedRun) => stateOf(kubectl, run);
  return {
    name: "kubectl",
    job: (name) => jobOf(kubectl, name),
    trigger: (wanted) => trigger(kubectl, wanted, context),
    runState,
    log: (run, options) => readPods({ kubectl, run, runState, pause, ...options }),
    mayPass,
  };
}

async function jobOf(kubectl: Kubectl, name: string): Promise<JobState> {
  const cronJob = await kubectl.find(["get", "cronjob", name]);
  if (cronJob === undefined) throw noJob(name, kubectl.namespace);
  const jobs = itemsAt(await kubectl.find(["get", "jobs"]), "items").map(({ item }) => item);
  const own = jobs.filter((job) => isRunOf(job, name));
  const pods = own.length === 0 ? [] : itemsAt(await kubectl.find(["get", "pods"]), "items").map(({ item }) => item);
  const runs = own.map((job) => runStateOf(job, podsOf(pods, textAt(job, "metadata", "name"))));
  const spec = fieldsAt(cronJob, "spec");
  const [container] = itemsAt(spec, "jobTemplate", "spec", "template", "spec", "containers");
  const isSuspended = spec?.["suspend"] === true;
  return {
    name,
    schedule: isSuspended
      ? undefined
      : { cron: textAt(spec, "schedule") ?? "", timeZone: textAt(spec, "timeZone") ?? "UTC" },
    isSuspended,
    image: textAt(container?.item, "image"),
    problems: await problemsOf(kubectl, name),
    runs: runs.toSorted((a, b) => (b.created ?? "").localeCompare(a.created ?? "")),
  };
}

function noJob(name: string, namespace: string): NoJob {
  return new NoJob({
    part: "kubectl",
    message: `there is no CronJob ${name} in namespace ${namespace}`,
    hint: "Has it been deployed there? `nais-etl deploy` does it. On nais, what synchronisation failed of shows with `kubectl describe naisjob`.",
  });
}

/** Those at a deploy are owned by the Naisjob, and bear its name in the label `app`. */
export function isRunOf(job: Fields, name: string): boolean {
  return isOwnedBy(job, name, ["CronJob", "Naisjob"]) || textAt(job, "metadata", "labels", "app") === name;
}

/** @param kinds of owners */
export function isOwnedBy(value: unknown, name: string, kinds: readonly string[]): boolean {
  const owners = itemsAt(value, "metadata", "ownerReferences");
  return owners.some(({ item }) => item["name"] === name && kinds.includes(String(item["kind"])));
}

function podsOf(pods: readonly Fields[], job: string | undefined): Fields[] {
  return pods.filter((pod) => textAt(pod, "metadata", "labels", "job-name") === job);
}

/** Of the Naisjob, where the cluster knows such a thing. Source: platform's `status.problems[]`. */
async function problemsOf(kubectl: Kubectl, name: string): Promise<string[]> {
  const naisjob = await kubectl.find(["get", "naisjobs.nais.io", name]).catch(() => undefined);
  const problems = itemsAt(naisjob, "status", "problems").flatMap(({ item }) => textAt(item, "message") ?? []);
  const state = textAt(naisjob, "status", "synchronizationState");
  return [...(state?.startsWith("Failed") ? [`the last deploy did not go through: ${state}`] : []), ...problems];
}

async function stateOf(kubectl: Kubectl, { name }: StartedRun): Promise<RunState> {
  const job = await kubectl.find(["get", "job", name]);
  if (job === undefined) return goneRun(name);
  const pods = itemsAt(await kubectl.find(["get", "pods", `--selector=job-name=${name}`]), "items").map(
    ({ item }) => item,
  );
  const state = runStateOf(job, pods);
  if (state.phase !== "pending" || state.troubles.length > 0) return state;
  return { ...state, troubles: await waitTroubles(kubectl, pods.length === 0 ? name : state.attempts.at(-1)!.pod) };
}

function goneRun(name: string): RunState {
  const nothing = { trigger: undefined, created: undefined, started: undefined, ended: undefined, image: undefined };
  return { ...nothing, name, phase: "gone", message: undefined, attempts: [], mostAttempts: undefined, troubles: [] };
}

/** Who may read pods may not always read Events. */
async function waitTroubles(kubectl: Kubectl, name: string) {
  const events = await kubectl
    .find(["get", "events", `--field-selector=involvedObject.name=${name}`])
    .catch(() => undefined);
  return eventTroubles(events);
}

async function trigger(kubectl: Kubectl, wanted: Trigger, context: Context): Promise<StartedRun> {
  const { job, runName, env = {}, dryRun } = wanted;
  assertRunName(runName);
  const create = ["create", "job", runName, `--from=cronjob/${job}`];
  const run = { job, name: runName };
  if (Object.keys(env).length === 0) {
    context.log.info(kubectl.inWords(create));
    if (!dryRun) await context.effect("trigger.create", () => kubectl.run(create));
    return run;
  }
  const make = [...create, "--dry-run=client", "-o", "json"];
  const apply = ["create", "-f", "-"];
  const changes = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  context.log.info(`${kubectl.inWords(make)} | (with ${changes.join(" ")}) | ${kubectl.inWords(apply)}`);
  if (dryRun) return run;
  const changed = JSON.stringify(withEnv(JSON.parse(await kubectl.run(make)), env));
  await context.effect("trigger.apply", () => kubectl.run(apply, changed));
  return run;
}

/** In the job's own container, which is the first or the one that is named as such. */
function withEnv(job: unknown, env: Readonly<Record<string, string>>): unknown {
  const containers = itemsAt(job, "spec", "template", "spec", "containers").map(({ item }) => item);
  const named = textAt(job, "spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/default-container");
  const own = (named === undefined ? undefined : containers.find(({ name }) => name === named)) ?? containers[0];
  const kept = itemsAt(own, "env").flatMap(({ item }) => (String(item["name"]) in env ? [] : [item]));
  const added = Object.entries(env).map(([name, value]) => ({ name, value }));
  Object.assign(own ?? {}, { env: [...kept, ...added] });
  return job;
}
